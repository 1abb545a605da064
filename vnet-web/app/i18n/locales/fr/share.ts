import type { French } from '../words';

const share: French['share'] = {
  about:
    'Sur ce réseau, les images de la réunion peuvent arriver d’internet une seule fois, puis passer d’un appareil à l’autre.',
  offline: 'Recherche du serveur. Ce qui est déjà connecté continue.',
  pair: 'Avec une autre réunion ou le VNET d’origine',
  nearby: {
    title: 'Sur votre réseau',
    help: 'Ces personnes rejoignent la réunion depuis la même adresse que vous.',
    nobody: 'Personne d’autre de cette réunion n’est sur votre réseau pour le moment.',
    share: 'Partager',
    shareWith: 'Partager avec {{name}}',
    invited: 'Demandé',
    receive: 'Recevoir',
    receiveFrom: 'Recevoir de {{name}}',
    receivers_one: 'Partage avec {{count}} appareil',
    receivers_many: 'Partage avec {{count}} d’appareils',
    receivers_other: 'Partage avec {{count}} appareils',
  },
  byCode: {
    title: 'Par code',
    help: 'Pour les appareils qui ne figurent pas ici, comme un deuxième écran.',
    share: 'Partager par code',
    label: 'Code',
    description: 'Six chiffres, affichés sur l’appareil qui partage.',
    invalid: 'Un code comporte six chiffres.',
    receive: 'Recevoir',
  },
  code: {
    title: 'Code pour les autres',
    help: 'Qui le saisit vous demande d’abord.',
    copy: 'Copier le code',
    copied: 'Le code est copié.',
    renew: 'Nouveau code',
    renewed: 'Le nouveau code est {{code}}.',
    expires: 'Valable encore {{time}}',
    expired: 'Un nouveau code arrive.',
  },
  screen: {
    title: 'Deuxième écran',
    help: 'Un téléviseur ou une tablette ouvre cette adresse, sans compte, et saisit le code.',
    copy: 'Copier l’adresse avec le code',
    copied: 'L’adresse est copiée.',
  },
  asks: {
    title: 'Qui demande à recevoir',
    viewer: 'Deuxième écran',
    byCode: 'Avec le code',
    nearby: 'Sur votre réseau',
    allow: 'Autoriser',
    allowName: 'Autoriser {{name}} à recevoir',
    refuse: 'Refuser',
    refuseName: 'Refuser {{name}}',
  },
  sharing: {
    title: 'Vous partagez',
    nobody: 'Personne ne reçoit encore.',
    receivers_one: '{{count}} appareil reçoit',
    receivers_many: '{{count}} d’appareils reçoivent',
    receivers_other: '{{count}} appareils reçoivent',
    stop: 'Arrêter le partage',
  },
  asking: {
    name: 'En attente de l’accord de {{name}}…',
    code: 'En attente de l’accord de la personne qui partage…',
    stop: 'Retirer la demande',
  },
  receiving: {
    title: 'Vous recevez',
    from: 'De {{name}}',
    through: 'De {{name}}, par {{parent}}',
    connecting: 'Connexion en cours. D’ici là, les images arrivent par internet.',
    pictures_one: '{{count}} image',
    pictures_many: '{{count}} d’images',
    pictures_other: '{{count}} images',
    none: 'Aucune image pour le moment',
    stop: 'Arrêter la réception',
  },
  members: {
    title: 'Qui reçoit de qui',
    sharer: 'Partage',
    you: '{{name}} (vous)',
    viewer: 'deuxième écran',
    putOut: 'Exclure {{name}}',
  },
  way: {
    encoded: 'transmis tel quel',
    transcoded: 'compressé à nouveau',
    mixed: 'compressé à nouveau en partie',
    none: 'pas encore connecté',
  },
  cost: {
    normal: 'L’envoi occupe environ {{percent}} d’un cœur du processeur.',
    overloaded:
      'Cet appareil a trop à faire : les images peuvent saccader. Laissez un appareil plus rapide partager, ou excluez quelqu’un.',
  },
  saved: {
    figure: 'Économisé par ce réseau',
    own: '{{amount}} sont arrivés par ce réseau au lieu d’internet.',
    nearby: 'Sur ce réseau, {{amount}} n’ont pas eu à venir d’internet.',
  },
  bar: {
    waiting: 'Vous partagez les images sur ce réseau. Personne ne les reçoit encore.',
    sharing_one: '{{count}} appareil de ce réseau reçoit les images de vous.',
    sharing_many: '{{count}} d’appareils de ce réseau reçoivent les images de vous.',
    sharing_other: '{{count}} appareils de ce réseau reçoivent les images de vous.',
    asking: 'Vous avez demandé à recevoir les images par ce réseau.',
    receiving: 'Les images viennent de {{name}}, par ce réseau.',
    connecting: 'Connexion à {{name}} par ce réseau…',
  },
  tile: {
    from: 'De {{name}}, {{way}}',
    through: 'De {{name}}, par {{parent}}, {{way}}',
  },
  news: {
    asks: '{{name}} demande à recevoir vos images',
    asksViewer: 'Le deuxième écran « {{name}} » demande à recevoir vos images',
    ask_one: '{{count}} appareil demande à recevoir vos images',
    ask_many: '{{count}} d’appareils demandent à recevoir vos images',
    ask_other: '{{count}} appareils demandent à recevoir vos images',
    invited: '{{name}} vous propose les images par votre réseau.',
    nearby:
      '{{name}} est sur votre réseau. Partagez les images pour qu’elles n’arrivent d’internet qu’une seule fois.',
    nearbyMore_one:
      '{{name}} et {{count}} autre personne sont sur votre réseau. Partagez les images pour qu’elles n’arrivent d’internet qu’une seule fois.',
    nearbyMore_many:
      '{{name}} et {{count}} d’autres personnes sont sur votre réseau. Partagez les images pour qu’elles n’arrivent d’internet qu’une seule fois.',
    nearbyMore_other:
      '{{name}} et {{count}} autres personnes sont sur votre réseau. Partagez les images pour qu’elles n’arrivent d’internet qu’une seule fois.',
    shares: '{{name}} partage les images sur votre réseau. Les recevoir de là plutôt que d’internet ?',
    share: 'Partager',
    receive: 'Recevoir',
    later: 'Pas maintenant',
    receives: '{{name}} reçoit les images de vous.',
    began: 'Les images arrivent maintenant par votre réseau.',
  },
  problem: {
    'unknown-code':
      'Personne ne partage avec ce code. Un code est valable deux minutes : demandez le plus récent.',
    'too-many-tries':
      'Trop de codes erronés sont venus de votre réseau. Patientez une minute, puis réessayez.',
    refused: 'La personne qui partage n’a pas donné son accord. Parlez-lui, puis réessayez.',
    'put-out': 'La personne qui partage y a mis fin pour votre appareil. La réunion continue par internet.',
    full: 'Il n’y a plus de place pour un appareil. Réessayez quand l’un d’eux part, ou laissez un deuxième appareil partager.',
    ended: 'Le partage est terminé. La réunion continue par internet.',
    left: 'La personne qui partageait est partie. La réunion continue par internet ; vous pouvez partager maintenant.',
    'signed-out': 'Votre session a pris fin. Reconnectez-vous dans un autre onglet, puis réessayez.',
    'unreachable-server':
      'Le serveur est injoignable. Vérifiez que cet appareil est en ligne, puis réessayez.',
    blocked:
      'Les appareils ne se joignent pas. Utilisez le même réseau sur les deux : ni réseau d’invités, qui sépare ses appareils, ni VPN.',
    multicast:
      'Les appareils ne se sont pas trouvés : ce réseau ne transmet pas les noms d’appareils (DNS multidiffusion). Autorisez la caméra ou le micro sur les deux appareils, ou demandez à qui gère le réseau.',
    permission:
      'Votre navigateur ne laisse pas cette page joindre les appareils de votre réseau. Autorisez-le dans les paramètres du site, à côté de l’adresse, puis réessayez.',
    insecure:
      'Cette page a été ouverte sans chiffrement, et les navigateurs ne laissent partager que les pages chiffrées. Ouvrez-la avec https.',
  },
  watch: {
    title: 'VNET | Deuxième écran',
    head: 'Regarder une réunion sur cet écran',
    about:
      'Une personne de la réunion partage ses images sur ce réseau et vous donne un code. Rien de cet écran n’est vu ni entendu dans la réunion.',
    name: 'Nom de cet écran',
    nameHelp: 'Il est montré à la personne qui partage.',
    nameDefault: 'Deuxième écran',
    nameMissing: 'Donnez un nom à cet écran.',
    start: 'Regarder',
    connecting: 'Connexion…',
    waiting: 'En attente de l’accord de la personne qui partage…',
    cancel: 'Annuler',
    none: 'Personne ne montre d’image pour le moment.',
    from: 'Partagé par {{name}}',
    pictures: 'Images de la réunion',
    soundOn: 'Activer le son',
    soundOff: 'Couper le son',
    stop: 'Ne plus regarder',
    stalled: 'L’image est figée',
    again: 'Un autre code',
    problem: {
      refused: 'La personne qui partage n’a pas donné son accord. Parlez-lui, puis réessayez.',
      'put-out': 'La personne qui partage y a mis fin pour cet écran.',
      full: 'Il n’y a plus de place pour un appareil. Réessayez quand l’un d’eux part.',
      ended: 'Le partage est terminé.',
      left: 'La personne qui partageait a quitté la réunion. Demandez un code à quelqu’un d’autre.',
      multicast:
        'Les appareils ne se sont pas trouvés : ce réseau ne transmet pas les noms d’appareils (DNS multidiffusion). La personne qui partage autorise la caméra ou le micro dans la réunion, ou demande à qui gère le réseau.',
    },
  },
};

export default share;
