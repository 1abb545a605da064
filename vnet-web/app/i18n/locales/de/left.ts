import type { German } from '../words';

const left: German['left'] = {
  title: 'VNET | Besprechung verlassen',
  left: 'Sie haben die Besprechung verlassen',
  leftHelp: 'Sie können zurückkommen, solange sie läuft.',
  removed: 'Der Host hat Sie aus der Besprechung entfernt',
  removedHelp: 'Wenden Sie sich an den Host, wenn Sie das für ein Versehen halten.',
  ended: 'Der Host hat die Besprechung beendet',
  endedHelp: 'Sie ist für alle vorbei.',
  denied: 'Der Host hat Sie nicht eingelassen',
  deniedHelp: 'Sie können noch einmal anklopfen oder sich an den Host wenden.',
  locked: 'Die Besprechung ist gesperrt',
  lockedHelp: 'Niemand kommt dazu, bis der Host sie wieder freigibt.',
  elsewhere: 'Sie nehmen an dieser Besprechung anderswo teil',
  elsewhereHelp:
    'Man kann nur einmal in einer Besprechung sein. Wenn Sie hierher zurückkommen, endet die Teilnahme dort.',
  'session-ended': 'Sie wurden abgemeldet',
  'session-endedHelp': 'Melden Sie sich wieder an, um zurückzukommen.',
  full: 'Die Besprechung ist voll',
  fullHelp: 'Jemand muss gehen, bevor Sie teilnehmen können.',
  'not-found': 'Die Besprechung gibt es nicht mehr',
  'not-foundHelp': 'Sie wurde gelöscht, oder ihr Code ist falsch geschrieben.',
  failed: 'Die Verbindung ist abgebrochen',
  failedHelp:
    'Sie konnte nicht wiederhergestellt werden. Prüfen Sie Ihr Netz, und versuchen Sie es dann noch einmal.',
  blocked: 'Ihr Netz lässt keine Besprechung durch',
  blockedHelp:
    'Ton und Bild haben von hier keinen Weg zum Server gefunden. Versuchen Sie es in einem anderen Netz, oder wenden Sie sich an die Stelle, die dieses betreibt.',
  rejoin: 'Wieder teilnehmen',
  knock: 'Noch einmal anklopfen',
  signIn: 'Anmelden',
  home: 'Zu Ihren Besprechungen',
  summary: 'Diese Besprechung in Zahlen',
  duration: 'Dauer der Teilnahme',
  received: 'Empfangene Daten',
  sent: 'Gesendete Daten',
  saved: 'Durch Teilen in der Nähe gespart',
};

export default left;
