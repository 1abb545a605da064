import type { French } from '../words';

const acs: French['acs'] = {
  notBuilt:
    'Le module pour les réunions par Azure Communication Services manque sur ce serveur. Son administrateur peut le construire avec : {{command}}',
  insecure:
    'Les réunions par Azure Communication Services exigent une page chargée par https ou depuis localhost.',
  notLoaded:
    'Le module pour les réunions par Azure Communication Services n’a pas pu être chargé. Réessayez dans un instant.',
  token:
    'Le service n’a pas accepté votre jeton d’accès. Rechargez la page ; si cela ne suffit pas, reconnectez-vous.',
  tokenServer: 'Le serveur n’a pas pu fournir de jeton d’accès. Réessayez dans un instant.',
  signedOut: 'Votre session a pris fin. Reconnectez-vous pour participer.',
  network: 'La connexion au service de réunion a échoué. Un pare-feu ou un VPN la bloque peut-être.',
  service: 'Le service de réunion rencontre des difficultés. Réessayez dans quelques minutes.',
  timeout: 'Le service de réunion n’a pas répondu à temps. Votre connexion est peut-être mauvaise.',
  notFound: 'Le service de réunion ne connaît pas cette réunion.',
  denied: 'L’accès à cette réunion vous a été refusé.',
  ended: 'La réunion a été terminée pour tout le monde.',
  removed: 'On vous a fait sortir de la réunion.',
  elsewhere: 'Vous avez continué dans un autre onglet ou sur un autre appareil.',
  failed: 'Le service de réunion a mis fin à l’appel (code {{code}}).',
  unsupported: 'Le service de réunion ne sait pas faire cela.',
  microphone: 'Votre micro n’a pas pu être utilisé : {{message}}',
  camera: 'Votre caméra n’a pas pu être utilisée : {{message}}',
  screen: 'L’écran n’a pas pu être partagé : {{message}}',
  permission: 'Le navigateur n’autorise pas l’accès à vos appareils.',
  reaction: 'Le service de réunion ne connaît pas cette réaction.',
  refused: 'Le service de réunion a refusé : {{message}}',
};

export default acs;
