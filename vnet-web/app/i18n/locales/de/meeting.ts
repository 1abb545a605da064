import type { German } from '../words';

const meeting: German['meeting'] = {
  title: 'VNET | Besprechung',
  notFound: 'Es wurde keine Besprechung mit dem Code „{{code}}“ gefunden',
  notFoundHelp: 'Prüfen Sie den Code in der Einladung, oder fragen Sie die Person, die sie geschickt hat.',
  fault: 'Die Besprechung konnte nicht geladen werden',
  waiting: 'Ein Host wird Sie einlassen',
  waitingHelp: 'Sie sind im Warteraum von „{{title}}“. Die Hosts wissen, dass Sie da sind.',
  waitingLeave: 'Warteraum verlassen',
  invite: 'Nehmen Sie an der Besprechung „{{title}}“ teil\n{{link}}\nCode: {{code}}',
};

export default meeting;
