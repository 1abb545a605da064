import type { German } from '../words';

const setup: German['setup'] = {
  title: 'VNET | Bereit zur Teilnahme',
  ready: 'Bereit zur Teilnahme?',
  preview: 'Ihre Kamera, wie ein Spiegel sie zeigt',
  cameraOff: 'Ihre Kamera ist aus',
  noCamera: 'Keine Kamera',
  starting: 'Kamera und Mikrofon werden gestartet …',
  shownAs: 'Ihr angezeigter Name: {{name}}',
  changeName: 'Ändern',
  hostedBy: 'Host: {{name}}',
  hostedByYou: 'Sie sind der Host',
  devices: 'Geräte',
  camera: 'Kamera',
  microphone: 'Mikrofon',
  speaker: 'Lautsprecher',
  unnamed: '{{kind}} {{number}}',
  systemSpeaker: 'Wie im System eingestellt',
  fixedSpeaker: 'Dieser Browser gibt Ton dort wieder, wo das System es tut.',
  test: 'Testen',
  testing: 'Ton läuft …',
  testSpeaker: 'Testen: einen Ton abspielen',
  testFailed: 'Der Ton konnte nicht abgespielt werden.',
  level: 'Wie laut Ihr Mikrofon Sie hört',
  sayWords: 'Sagen Sie etwas: Der Balken sollte sich bewegen.',
  mute: 'Mikrofon stummschalten',
  unmute: 'Stummschaltung aufheben',
  cameraStop: 'Kamera ausschalten',
  cameraStart: 'Kamera einschalten',
  blur: 'Hintergrund weichzeichnen',
  join: 'Jetzt teilnehmen',
  joining: 'Teilnahme beginnt …',
  joinWithout: 'Ohne Kamera und Mikrofon teilnehmen',
  joinWithoutHelp: 'Sie hören und sehen die anderen und können Ihre Geräte später einschalten.',
  tryAgain: 'Erneut versuchen',
  help: 'Hilfe',
  notes: 'Notizen',
  joinFailed: 'Die Teilnahme ist fehlgeschlagen',
  problem: {
    camera: {
      denied: 'Diese Seite darf Ihre Kamera nicht verwenden',
      'denied-by-system': 'Das System verwehrt dem Browser Ihre Kamera',
      dismissed: 'Ihre Kamera wurde noch nicht erlaubt',
      missing: 'Es wurde keine Kamera gefunden',
      busy: 'Ihre Kamera kann gerade nicht verwendet werden',
      unplugged: 'Ihre Kamera wurde getrennt',
      failed: 'Ihre Kamera konnte nicht gestartet werden',
    },
    microphone: {
      denied: 'Diese Seite darf Ihr Mikrofon nicht verwenden',
      'denied-by-system': 'Das System verwehrt dem Browser Ihr Mikrofon',
      dismissed: 'Ihr Mikrofon wurde noch nicht erlaubt',
      missing: 'Es wurde kein Mikrofon gefunden',
      busy: 'Ihr Mikrofon kann gerade nicht verwendet werden',
      unplugged: 'Ihr Mikrofon wurde getrennt',
      failed: 'Ihr Mikrofon konnte nicht gestartet werden',
    },
    both: {
      denied: 'Diese Seite darf Ihre Kamera und Ihr Mikrofon nicht verwenden',
      'denied-by-system': 'Das System verwehrt dem Browser Ihre Kamera und Ihr Mikrofon',
      dismissed: 'Kamera und Mikrofon wurden noch nicht erlaubt',
      missing: 'Es wurden weder Kamera noch Mikrofon gefunden',
      busy: 'Kamera und Mikrofon können gerade nicht verwendet werden',
      unplugged: 'Kamera und Mikrofon wurden getrennt',
      failed: 'Kamera und Mikrofon konnten nicht gestartet werden',
    },
    insecure: 'Kamera und Mikrofon brauchen eine sichere Seite',
    unsupported: 'Dieser Browser stellt Seiten weder Kamera noch Mikrofon bereit',
  },
  cure: {
    deniedChromium:
      'Klicken Sie auf das Symbol links neben der Adresse, erlauben Sie dort Kamera und Mikrofon, und versuchen Sie es noch einmal.',
    deniedFirefox:
      'Klicken Sie auf die durchgestrichene Kamera oder das durchgestrichene Mikrofon links neben der Adresse, heben Sie die Blockierung auf, und versuchen Sie es noch einmal.',
    deniedSafari:
      'Wählen Sie im Menü Safari „Einstellungen für diese Website“, erlauben Sie Kamera und Mikrofon, und laden Sie die Seite neu.',
    deniedIos:
      'Tippen Sie neben der Adresse auf „aA“ oder das Seitensymbol, dann auf „Website-Einstellungen“, und erlauben Sie Kamera und Mikrofon.',
    deniedAndroid:
      'Tippen Sie auf das Symbol links neben der Adresse, dann auf „Berechtigungen“, und erlauben Sie Kamera und Mikrofon.',
    'denied-by-system':
      'Öffnen Sie die Datenschutzeinstellungen Ihres Systems, und erlauben Sie diesem Browser, Kamera und Mikrofon zu verwenden.',
    dismissed: 'Versuchen Sie es noch einmal, und wählen Sie „Zulassen“, wenn der Browser fragt.',
    missing:
      'Schließen Sie ein Gerät an, oder schalten Sie es ein; es wird sofort gefunden. Sie können auch ohne teilnehmen.',
    busy: 'Offenbar wird das Gerät von einem anderen Programm verwendet. Schließen Sie dieses Programm, und versuchen Sie es noch einmal.',
    unplugged: 'Schließen Sie das Gerät wieder an, oder wählen Sie ein anderes.',
    failed: 'Versuchen Sie es noch einmal. Wenn das nicht hilft, starten Sie den Browser neu.',
    insecure:
      'Browser geben Kamera und Mikrofon nur für Seiten frei, die über https geladen wurden. Öffnen Sie diesen Server über seine https-Adresse, oder bitten Sie die Stelle, die ihn betreibt, um eine.',
    insecureHere: 'Diese Seite wurde unter {{address}} geöffnet',
    unsupported:
      'Verwenden Sie ein aktuelles Chrome, Edge, Firefox oder Safari; Apps, die Seiten in sich selbst anzeigen, können es oft nicht.',
  },
};

export default setup;
