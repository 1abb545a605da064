import type { French } from '../words';

const left: French['left'] = {
  title: 'VNET | Vous avez quitté la réunion',
  left: 'Vous avez quitté la réunion',
  leftHelp: 'Vous pouvez revenir tant qu’elle est en cours.',
  removed: 'L’hôte vous a fait sortir de la réunion',
  removedHelp: 'Adressez-vous à l’hôte si vous pensez que c’est une erreur.',
  ended: 'L’hôte a mis fin à la réunion',
  endedHelp: 'Elle est terminée pour tout le monde.',
  denied: 'L’hôte ne vous a pas fait entrer',
  deniedHelp: 'Vous pouvez frapper à nouveau ou vous adresser à l’hôte.',
  locked: 'La réunion est verrouillée',
  lockedHelp: 'Personne n’entre tant que l’hôte ne la déverrouille pas.',
  elsewhere: 'Vous participez à cette réunion ailleurs',
  elsewhereHelp: 'On ne peut y être qu’une seule fois. Revenir ici y met fin là-bas.',
  'session-ended': 'Votre session a pris fin',
  'session-endedHelp': 'Reconnectez-vous pour revenir.',
  full: 'La réunion est complète',
  fullHelp: 'Quelqu’un doit partir avant que vous puissiez participer.',
  'not-found': 'La réunion n’existe plus',
  'not-foundHelp': 'Elle a été supprimée, ou son code est mal saisi.',
  failed: 'La connexion a été perdue',
  failedHelp: 'Elle n’a pas pu être rétablie. Vérifiez votre réseau, puis réessayez.',
  blocked: 'Votre réseau ne laisse passer aucune réunion',
  blockedHelp:
    'Le son et l’image n’ont trouvé aucun chemin d’ici au serveur. Essayez un autre réseau ou adressez-vous à qui gère celui-ci.',
  rejoin: 'Revenir dans la réunion',
  knock: 'Frapper à nouveau',
  signIn: 'Se connecter',
  home: 'Vers vos réunions',
  summary: 'Cette réunion en chiffres',
  duration: 'Temps passé',
  received: 'Données reçues',
  sent: 'Données envoyées',
  saved: 'Économisé par le partage local',
};

export default left;
