import type { German } from '../words';

const lan: German['lan'] = {
  title: 'In diesem Netz teilen',
  about:
    'Ein Gerät holt die Bilder dieser Besprechung aus dem Internet und gibt sie an ein zweites im selben Netz weiter. Das schont die Verbindung, und die anderen in der Besprechung bemerken nichts davon.',
  share: {
    title: 'Mit einem Gerät in der Nähe teilen',
    help: 'Sie erhalten einen Code. Wer ihn auf dem anderen Gerät eingibt, empfängt die Bilder, die Sie sehen, und Ihr eigenes.',
    start: 'Teilen',
    stop: 'Teilen beenden',
    code: 'Code für das andere Gerät',
    copy: 'Code kopieren',
    copied: 'Der Code ist kopiert.',
    opening: 'Wird vorbereitet …',
    waiting: 'Warten auf das andere Gerät',
    connecting: 'Verbindung zum anderen Gerät wird hergestellt …',
    connectingNamed: 'Verbindung zu {{name}} wird hergestellt …',
    connected: 'Verbunden',
    connectedNamed: '{{name}} empfängt',
    sent: 'Was gesendet wird',
    nothing: 'In der Besprechung ist gerade nichts zu sehen. Bilder werden gesendet, sobald sie hier laufen.',
  },
  receive: {
    title: 'Von einem Gerät in der Nähe empfangen',
    help: 'Geben Sie den Code ein, der auf dem teilenden Gerät angezeigt wird.',
    code: 'Code',
    invalid: 'Ein Code hat sechs Ziffern.',
    start: 'Empfangen',
    stop: 'Empfang beenden',
    opening: 'Wird vorbereitet …',
    waiting: 'Mit diesem Code teilt noch niemand',
    connecting: 'Verbindung zum teilenden Gerät wird hergestellt …',
    connectingNamed: 'Verbindung zu {{name}} wird hergestellt …',
    connected: 'Verbunden',
    connectedNamed: 'Empfang von {{name}}',
    nothing: 'Das andere Gerät hat gerade keine Bilder zu teilen.',
    count_one: '{{count}} Bild',
    count_other: '{{count}} Bilder',
  },
  bar: {
    waiting: 'Diese Besprechung wird in diesem Netz geteilt. Code: {{code}}. Noch empfängt niemand.',
    received: '{{name}} empfängt die Bilder dieser Besprechung über dieses Netz.',
  },
  mark: 'Kommt über dieses Netz',
  panelFailed: 'Das konnte nicht geladen werden. Schließen Sie den Bereich und öffnen Sie ihn noch einmal.',
  camera: '{{name}}',
  screen: 'Bildschirm von {{name}}',
  somebody: 'Jemand',
  tile: 'Bild von {{name}}, in diesem Netz empfangen',
  figures: '{{amount}}, {{width}} × {{height}}, {{frames}} Einzelbilder',
  amount: '{{amount}}, {{frames}} Einzelbilder',
  total: '{{amount}} kamen über dieses Netz',
  problem: {
    taken: 'Zwei Geräte verwenden diesen Code schon. Nehmen Sie einen anderen Code.',
    'signed-out':
      'Sie sind nicht mehr angemeldet. Melden Sie sich in einem anderen Tab wieder an, und versuchen Sie es noch einmal.',
    unreachable: 'Der Server ist nicht erreichbar. Ist das Gerät online?',
    refused: 'Der Server hat die Verbindung abgelehnt.',
    blocked:
      'Die Geräte erreichen einander nicht. Vielleicht sind sie in verschiedenen Netzen, oder dieses Netz trennt seine Geräte voneinander, wie es Gastnetze tun.',
    'no-offer': 'Mit diesem Code ist jemand da, teilt aber nichts. Ein Gerät teilt, das andere empfängt.',
    gone: 'Das andere Gerät ist nicht mehr da.',
  },
};

export default lan;
