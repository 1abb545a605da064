import type { German } from '../words';

const privacy: German['privacy'] = {
  title: 'VNET | Datenschutz',
  head: 'Datenschutz',
  lead: 'Was dieser Server über Sie speichert, und wer Ihre Stimme und Ihr Bild überträgt.',
  keepsHead: 'Was auf diesem Server gespeichert wird',
  keepsAccount:
    'Ihr Konto: Benutzername, Vor- und Nachname, E-Mail-Adresse, der in Besprechungen gezeigte Name und Ihr Bild. Von Ihrem Passwort nur ein Hash mit Salt, der sich nicht zurückrechnen lässt.',
  keepsSession:
    'Ihre Sitzungen: wann, von welcher Adresse und mit welchem Browser Sie sich angemeldet haben, und bis wann das gilt; vom Wert des Cookies nur ein Hash. Das Cookie ist nötig, damit Sie angemeldet bleiben. Das einzige andere Cookie merkt sich den Abstand Ihrer Uhr zu UTC, wenn Sie ohne JavaScript planen.',
  keepsMeetings:
    'Besprechungen, die Sie planen: Titel, Notizen, Zeiten und Code. Wer den Code hat, kann sie lesen, zusammen mit Ihrem Namen.',
  keepsIdentity:
    'Eine Kennung, die Sie gegenüber dem Dienst bezeichnet, der die Besprechungen überträgt; sie sagt nichts über Sie aus und wird mit Ihrem Konto gelöscht.',
  keepsLog:
    'Das Protokoll des Servers: wenn eine Anmeldung misslingt oder ein Versuch abgelehnt wird, die Zeit, die Adresse, von der er kam, und die Nummer des Kontos; nie, was eingegeben wurde. Wie lange das Protokoll aufbewahrt wird, entscheidet, wer diesen Server betreibt.',
  notKeptHead: 'Was nicht gespeichert wird',
  notKept:
    'Stimme, Bild, geteilte Bildschirme, Chat und Reaktionen werden weitergegeben und vergessen. Nichts wird aufgezeichnet. Es gibt keine Werbung und keine Auswertung des Verhaltens, und keine Seite lädt etwas von anderswo.',
  deviceHead: 'Was auf Ihrem Gerät bleibt',
  device:
    'Ihre Wahl von Sprache, Kamera, Mikrofon, Lautsprecher und Layout der Besprechungen, im Speicher dieses Browsers. Sie wird nicht an den Server gesendet.',
  mediaHead: 'Wer eine Besprechung überträgt',
  mediaSfu:
    'Dieser Server selbst: Ton und Bild gehen verschlüsselt von Ihrem Browser zu ihm und weiter zu den anderen in der Besprechung. Während sie ihn durchlaufen, könnte der Server sie lesen; er sieht sie sich nicht an.',
  mediaAcs:
    'Wo es so eingerichtet ist, Microsoft: Ton und Bild gehen dann über Azure Communication Services, und die Seite lädt das Anruf-SDK von Microsoft (@azure/communication-calling). Das SDK ist keine freie Software; es wird unter der Lizenz von Microsoft verwendet. Es sendet Telemetrie über Anrufe (Qualität, Fehler, Art von Browser und Gerät) an Microsoft; die Datenschutzerklärung von Microsoft sagt, was damit geschieht.',
  mediaAcsLink: 'Datenschutzerklärung von Microsoft',
  mediaAcsHere: 'Besprechungen auf diesem Server können von Microsoft übertragen werden.',
  mediaSfuHere:
    'Das SDK von Microsoft ist auf diesem Server nicht installiert: Er überträgt die Besprechungen selbst.',
  lanHead: 'Teilen innerhalb eines lokalen Netzes',
  lan: 'Wer eine Besprechung in einem lokalen Netz teilt, sendet ihre Bilder direkt an andere Browser dort, an zweite Bildschirme auch den Ton; alles ist verschlüsselt und geht am Server vorbei. Wer empfängt, gibt es unter Umständen weiter. Wer teilt, erlaubt jeden Empfang oder hat ihn selbst angeboten; die anderen in der Besprechung werden nicht noch einmal gefragt. Wer in derselben Besprechung ist und von derselben Adresse kommt, wird den anderen dort mit Namen gezeigt. Verbundene Browser erfahren gegenseitig ihre Adressen im Netz. Von alledem bewahrt der Server nichts auf: Wer mit wem geteilt hat, ist vergessen, sobald es endet.',
  rightsHead: 'Ihr Konto gehört Ihnen',
  rights:
    'Auf Ihrer Kontoseite können Sie ändern, was über Sie gespeichert ist, und das Konto mit allem, was dazugehört, löschen. Auch wer diesen Server betreibt, kann das.',
  rightsLink: 'Zu Ihrem Konto',
};

export default privacy;
