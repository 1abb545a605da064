import type { French } from '../words';

const lan: French['lan'] = {
  title: 'Partager sur ce réseau',
  about:
    'Un appareil reçoit d’internet les images de cette réunion et les transmet à un autre du même réseau. La connexion est ainsi ménagée, et les autres participants ne s’en aperçoivent pas.',
  share: {
    title: 'Partager avec un appareil proche',
    help: 'Vous recevez un code. Qui le saisit sur l’autre appareil reçoit les images que vous voyez, et la vôtre.',
    start: 'Partager',
    stop: 'Arrêter le partage',
    code: 'Code pour l’autre appareil',
    copy: 'Copier le code',
    copied: 'Le code est copié.',
    opening: 'Préparation…',
    waiting: 'En attente de l’autre appareil',
    connecting: 'Connexion à l’autre appareil…',
    connectingNamed: 'Connexion à {{name}}…',
    connected: 'Connexion établie',
    connectedNamed: '{{name}} reçoit',
    sent: 'Ce qui est envoyé',
    nothing:
      'Rien n’est affiché dans la réunion pour le moment. Les images sont envoyées dès qu’elles apparaissent ici.',
  },
  receive: {
    title: 'Recevoir d’un appareil proche',
    help: 'Saisissez le code affiché sur l’appareil qui partage.',
    code: 'Code',
    invalid: 'Un code comporte six chiffres.',
    start: 'Recevoir',
    stop: 'Arrêter la réception',
    opening: 'Préparation…',
    waiting: 'Personne ne partage encore avec ce code',
    connecting: 'Connexion à l’appareil qui partage…',
    connectingNamed: 'Connexion à {{name}}…',
    connected: 'Connexion établie',
    connectedNamed: 'Réception depuis {{name}}',
    nothing: 'L’autre appareil n’a aucune image à partager pour le moment.',
    count_one: '{{count}} image',
    count_many: '{{count}} d’images',
    count_other: '{{count}} images',
  },
  bar: {
    waiting: 'Cette réunion est partagée sur ce réseau. Code : {{code}}. Personne ne la reçoit encore.',
    received: '{{name}} reçoit les images de cette réunion par ce réseau.',
  },
  mark: 'Arrive par ce réseau',
  panelFailed: 'Le chargement a échoué. Fermez le volet et ouvrez-le de nouveau.',
  camera: '{{name}}',
  screen: 'Écran de {{name}}',
  somebody: 'Quelqu’un',
  tile: 'Image de {{name}}, reçue sur ce réseau',
  figures: '{{amount}}, {{width}} × {{height}}, {{frames}} images',
  amount: '{{amount}}, {{frames}} images',
  total: '{{amount}} par ce réseau',
  problem: {
    taken: 'Deux appareils utilisent déjà ce code. Prenez-en un autre.',
    'signed-out': 'Votre session a pris fin. Reconnectez-vous dans un autre onglet, puis réessayez.',
    unreachable: 'Le serveur est injoignable. L’appareil est-il en ligne ?',
    refused: 'Le serveur a refusé la connexion.',
    blocked:
      'Les appareils ne se joignent pas. Ils sont peut-être sur des réseaux différents, ou ce réseau sépare ses appareils, comme le font les réseaux d’invités.',
    'no-offer': 'Quelqu’un est là avec ce code, mais ne partage pas. Un appareil partage, l’autre reçoit.',
    gone: 'L’autre appareil n’est plus là.',
  },
};

export default lan;
