import type { French } from '../words';

const meeting: French['meeting'] = {
  title: 'VNET | Réunion',
  notFound: 'Aucune réunion trouvée avec le code « {{code}} »',
  notFoundHelp: 'Vérifiez le code dans l’invitation, ou demandez à la personne qui l’a envoyée.',
  fault: 'La réunion n’a pas pu être chargée',
  waiting: 'Un hôte va vous faire entrer',
  waitingHelp: 'Vous êtes dans la salle d’attente de « {{title}} ». Les hôtes savent que vous êtes là.',
  waitingLeave: 'Quitter la salle d’attente',
  invite: 'Participez à la réunion « {{title}} »\n{{link}}\nCode : {{code}}',
};

export default meeting;
