import type { German } from '../words';

const share: German['share'] = {
  about:
    'In diesem Netz können die Bilder der Besprechung einmal aus dem Internet kommen und dann von Gerät zu Gerät gehen.',
  offline: 'Der Server wird gesucht. Was schon verbunden ist, läuft weiter.',
  pair: 'Mit einer anderen Besprechung oder dem ursprünglichen VNET',
  nearby: {
    title: 'In Ihrem Netz',
    help: 'Diese Personen erreichen die Besprechung von derselben Adresse aus wie Sie.',
    nobody: 'Außer Ihnen ist gerade niemand aus dieser Besprechung in Ihrem Netz.',
    share: 'Teilen',
    shareWith: 'Mit {{name}} teilen',
    invited: 'Gefragt',
    receive: 'Empfangen',
    receiveFrom: 'Von {{name}} empfangen',
    receivers_one: 'Teilt mit {{count}} Gerät',
    receivers_other: 'Teilt mit {{count}} Geräten',
  },
  byCode: {
    title: 'Mit Code',
    help: 'Für Geräte, die hier nicht stehen, etwa einen zweiten Bildschirm.',
    share: 'Mit Code teilen',
    label: 'Code',
    description: 'Sechs Ziffern; das teilende Gerät zeigt sie an.',
    invalid: 'Ein Code hat sechs Ziffern.',
    receive: 'Empfangen',
  },
  code: {
    title: 'Code für andere',
    help: 'Wer ihn eingibt, fragt zuerst Sie.',
    copy: 'Code kopieren',
    copied: 'Der Code ist kopiert.',
    renew: 'Neuer Code',
    renewed: 'Der neue Code ist {{code}}.',
    expires: 'Gilt noch {{time}}',
    expired: 'Ein neuer Code kommt gleich.',
  },
  screen: {
    title: 'Zweiter Bildschirm',
    help: 'Ein Fernseher oder Tablet öffnet diese Adresse, ohne Konto, und gibt den Code ein.',
    copy: 'Adresse mit dem Code kopieren',
    copied: 'Die Adresse ist kopiert.',
  },
  asks: {
    title: 'Wer empfangen möchte',
    viewer: 'Zweiter Bildschirm',
    byCode: 'Mit dem Code',
    nearby: 'In Ihrem Netz',
    allow: 'Erlauben',
    allowName: '{{name}} den Empfang erlauben',
    refuse: 'Ablehnen',
    refuseName: '{{name}} ablehnen',
  },
  sharing: {
    title: 'Sie teilen',
    nobody: 'Noch empfängt niemand.',
    receivers_one: '{{count}} Gerät empfängt',
    receivers_other: '{{count}} Geräte empfangen',
    stop: 'Teilen beenden',
  },
  asking: {
    name: 'Warten, bis {{name}} es erlaubt …',
    code: 'Warten, bis es erlaubt wird …',
    stop: 'Anfrage zurückziehen',
  },
  receiving: {
    title: 'Sie empfangen',
    from: 'Von {{name}}',
    through: 'Von {{name}}, über {{parent}}',
    connecting: 'Die Verbindung wird hergestellt. Bis dahin kommen die Bilder aus dem Internet.',
    pictures_one: '{{count}} Bild',
    pictures_other: '{{count}} Bilder',
    none: 'Gerade keine Bilder',
    stop: 'Empfang beenden',
  },
  members: {
    title: 'Wer von wem empfängt',
    sharer: 'Teilt',
    you: '{{name}} (Sie)',
    viewer: 'zweiter Bildschirm',
    putOut: '{{name}} den Empfang beenden',
  },
  way: {
    encoded: 'unverändert weitergegeben',
    transcoded: 'neu komprimiert',
    mixed: 'teilweise neu komprimiert',
    none: 'noch nicht verbunden',
  },
  cost: {
    normal: 'Das Senden braucht etwa {{percent}} eines Prozessorkerns.',
    overloaded:
      'Dieses Gerät hat zu viel zu tun: Bilder können stocken. Lassen Sie ein schnelleres teilen, oder beenden Sie einen Empfang.',
  },
  saved: {
    figure: 'In diesem Netz gespart',
    own: '{{amount}} kamen über dieses Netz statt aus dem Internet.',
    nearby: 'In diesem Netz mussten {{amount}} nicht aus dem Internet kommen.',
  },
  bar: {
    waiting: 'Sie teilen die Bilder in diesem Netz. Noch empfängt niemand.',
    sharing_one: '{{count}} Gerät in diesem Netz empfängt die Bilder von Ihnen.',
    sharing_other: '{{count}} Geräte in diesem Netz empfangen die Bilder von Ihnen.',
    asking: 'Sie haben gefragt, ob Sie die Bilder über dieses Netz empfangen dürfen.',
    receiving: 'Die Bilder kommen von {{name}}, über dieses Netz.',
    connecting: 'Sie werden über dieses Netz mit {{name}} verbunden.',
  },
  tile: {
    from: 'Von {{name}}, {{way}}',
    through: 'Von {{name}}, über {{parent}}, {{way}}',
  },
  news: {
    asks: '{{name}} möchte die Bilder von Ihnen empfangen',
    asksViewer: 'Der zweite Bildschirm „{{name}}“ möchte die Bilder von Ihnen empfangen',
    ask_one: '{{count}} Gerät möchte die Bilder von Ihnen empfangen',
    ask_other: '{{count}} Geräte möchten die Bilder von Ihnen empfangen',
    invited: '{{name}} bietet Ihnen die Bilder über Ihr Netz an.',
    nearby:
      '{{name}} ist in Ihrem Netz. Teilen Sie die Bilder, damit sie nur einmal aus dem Internet kommen.',
    nearbyMore_one:
      '{{name}} und {{count}} weitere Person sind in Ihrem Netz. Teilen Sie die Bilder, damit sie nur einmal aus dem Internet kommen.',
    nearbyMore_other:
      '{{name}} und {{count}} weitere sind in Ihrem Netz. Teilen Sie die Bilder, damit sie nur einmal aus dem Internet kommen.',
    shares: '{{name}} teilt die Bilder in Ihrem Netz. Von dort statt aus dem Internet empfangen?',
    share: 'Teilen',
    receive: 'Empfangen',
    later: 'Nicht jetzt',
    receives: '{{name}} empfängt die Bilder von Ihnen.',
    began: 'Die Bilder kommen jetzt über Ihr Netz.',
  },
  problem: {
    'unknown-code': 'Mit diesem Code teilt niemand. Codes gelten zwei Minuten: Fragen Sie nach dem neuesten.',
    'too-many-tries':
      'Aus Ihrem Netz kamen zu viele falsche Codes. Warten Sie eine Minute, und versuchen Sie es dann noch einmal.',
    refused:
      'Der Empfang wurde nicht erlaubt. Fragen Sie die Person, die teilt, und versuchen Sie es noch einmal.',
    'put-out':
      'Der Empfang auf Ihrem Gerät wurde von der teilenden Person beendet. Die Besprechung geht über das Internet weiter.',
    full: 'Für ein weiteres Gerät ist kein Platz. Versuchen Sie es wieder, wenn eines geht, oder lassen Sie ein zweites Gerät teilen.',
    ended: 'Das Teilen ist beendet. Die Besprechung geht über das Internet weiter.',
    left: 'Die Person, die geteilt hat, ist gegangen. Die Besprechung geht über das Internet weiter; jetzt können Sie teilen.',
    'signed-out':
      'Sie sind nicht mehr angemeldet. Melden Sie sich in einem anderen Tab wieder an, und versuchen Sie es noch einmal.',
    'unreachable-server':
      'Der Server ist nicht erreichbar. Prüfen Sie, ob dieses Gerät online ist, und versuchen Sie es noch einmal.',
    blocked:
      'Die Geräte erreichen einander nicht. Nehmen Sie auf beiden dasselbe Netz: kein Gastnetz, das seine Geräte trennt, und kein VPN.',
    multicast:
      'Die Geräte haben einander nicht gefunden: Dieses Netz gibt keine Gerätenamen weiter (Multicast-DNS). Erlauben Sie auf beiden Geräten Kamera oder Mikrofon, oder fragen Sie, wer das Netz betreibt.',
    permission:
      'Ihr Browser lässt diese Seite nicht auf Geräte in Ihrem Netz zugreifen. Erlauben Sie es in den Einstellungen der Website neben der Adresse, und versuchen Sie es noch einmal.',
    insecure:
      'Diese Seite wurde ohne Verschlüsselung geöffnet, und Browser lassen nur verschlüsselte Seiten teilen. Öffnen Sie sie mit https.',
  },
  watch: {
    title: 'VNET | Zweiter Bildschirm',
    head: 'Eine Besprechung auf diesem Bildschirm ansehen',
    about:
      'Jemand aus der Besprechung teilt die Bilder in diesem Netz und nennt Ihnen einen Code. Von diesem Bildschirm ist in der Besprechung nichts zu sehen und nichts zu hören.',
    name: 'Name dieses Bildschirms',
    nameHelp: 'Er wird der Person angezeigt, die teilt.',
    nameDefault: 'Zweiter Bildschirm',
    nameMissing: 'Geben Sie diesem Bildschirm einen Namen.',
    start: 'Ansehen',
    connecting: 'Verbindung wird hergestellt …',
    waiting: 'Warten, bis es erlaubt wird …',
    cancel: 'Abbrechen',
    none: 'Gerade zeigt niemand ein Bild.',
    from: 'Geteilt von {{name}}',
    pictures: 'Bilder der Besprechung',
    soundOn: 'Ton einschalten',
    soundOff: 'Ton ausschalten',
    stop: 'Ansehen beenden',
    stalled: 'Das Bild steht still',
    again: 'Anderer Code',
    problem: {
      refused:
        'Der Empfang wurde nicht erlaubt. Fragen Sie die Person, die teilt, und versuchen Sie es noch einmal.',
      'put-out': 'Die teilende Person hat den Empfang auf diesem Bildschirm beendet.',
      full: 'Für ein weiteres Gerät ist kein Platz. Versuchen Sie es wieder, wenn eines geht.',
      ended: 'Das Teilen ist beendet.',
      left: 'Die Person, die geteilt hat, hat die Besprechung verlassen. Lassen Sie sich von jemand anderem einen Code geben.',
      multicast:
        'Die Geräte haben einander nicht gefunden: Dieses Netz gibt keine Gerätenamen weiter (Multicast-DNS). Wer teilt, erlaubt in der Besprechung Kamera oder Mikrofon, oder fragt, wer das Netz betreibt.',
    },
  },
};

export default share;
