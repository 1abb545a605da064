import type { German } from '../words';

const acs: German['acs'] = {
  notBuilt:
    'Auf diesem Server fehlt das Modul für Besprechungen über Azure Communication Services. Die Administration kann es mit diesem Befehl bauen: {{command}}',
  insecure:
    'Besprechungen über Azure Communication Services brauchen eine Seite, die über https oder von localhost geladen wurde.',
  notLoaded:
    'Das Modul für Besprechungen über Azure Communication Services konnte nicht geladen werden. Versuchen Sie es gleich noch einmal.',
  token:
    'Der Dienst hat Ihr Zugriffstoken nicht angenommen. Laden Sie die Seite neu; wenn das nicht hilft, melden Sie sich erneut an.',
  tokenServer: 'Der Server hat kein Zugriffstoken ausgestellt. Versuchen Sie es gleich noch einmal.',
  signedOut: 'Sie sind nicht mehr angemeldet. Melden Sie sich erneut an, um teilzunehmen.',
  network:
    'Die Verbindung zum Besprechungsdienst ist fehlgeschlagen. Möglicherweise wird sie von einer Firewall oder einem VPN blockiert.',
  service: 'Der Besprechungsdienst ist im Moment gestört. Versuchen Sie es in ein paar Minuten noch einmal.',
  timeout:
    'Der Besprechungsdienst hat nicht rechtzeitig geantwortet. Möglicherweise ist Ihre Verbindung schlecht.',
  notFound: 'Der Besprechungsdienst kennt diese Besprechung nicht.',
  denied: 'Sie wurden nicht in diese Besprechung eingelassen.',
  ended: 'Die Besprechung wurde für alle beendet.',
  removed: 'Sie wurden aus der Besprechung entfernt.',
  elsewhere: 'Sie nehmen jetzt in einem anderen Tab oder auf einem anderen Gerät teil.',
  failed: 'Der Besprechungsdienst hat den Anruf beendet (Code {{code}}).',
  unsupported: 'Der Besprechungsdienst kann das nicht.',
  microphone: 'Ihr Mikrofon konnte nicht verwendet werden: {{message}}',
  camera: 'Ihre Kamera konnte nicht verwendet werden: {{message}}',
  screen: 'Der Bildschirm konnte nicht geteilt werden: {{message}}',
  permission: 'Der Browser erlaubt den Zugriff auf Ihre Geräte nicht.',
  reaction: 'Der Besprechungsdienst kennt diese Reaktion nicht.',
  refused: 'Der Besprechungsdienst hat abgelehnt: {{message}}',
};

export default acs;
