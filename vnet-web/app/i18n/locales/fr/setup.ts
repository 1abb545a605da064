import type { French } from '../words';

const setup: French['setup'] = {
  title: 'VNET | Avant de participer',
  ready: 'Tout est prêt ?',
  preview: 'Votre caméra, comme dans un miroir',
  cameraOff: 'Votre caméra est désactivée',
  noCamera: 'Aucune caméra',
  starting: 'Démarrage de la caméra et du micro…',
  shownAs: 'Votre nom affiché : {{name}}',
  changeName: 'Modifier',
  hostedBy: 'Hôte : {{name}}',
  hostedByYou: 'C’est vous l’hôte',
  devices: 'Appareils',
  camera: 'Caméra',
  microphone: 'Micro',
  speaker: 'Haut-parleur',
  unnamed: '{{kind}} {{number}}',
  systemSpeaker: 'Comme réglé dans le système',
  fixedSpeaker: 'Ce navigateur joue le son là où le système le fait.',
  test: 'Tester',
  testing: 'Lecture…',
  testSpeaker: 'Tester : jouer un son',
  testFailed: 'Le son n’a pas pu être joué.',
  level: 'Volume auquel votre micro vous entend',
  sayWords: 'Dites quelque chose : la barre devrait bouger.',
  mute: 'Couper le micro',
  unmute: 'Activer le micro',
  cameraStop: 'Désactiver la caméra',
  cameraStart: 'Activer la caméra',
  blur: 'Flouter l’arrière-plan',
  join: 'Participer maintenant',
  joining: 'Entrée en réunion…',
  joinWithout: 'Participer sans caméra ni micro',
  joinWithoutHelp: 'Vous entendez et voyez les autres, et pourrez activer les vôtres plus tard.',
  tryAgain: 'Réessayer',
  help: 'Aide',
  notes: 'Remarques',
  joinFailed: 'Vous n’avez pas pu participer',
  problem: {
    camera: {
      denied: 'Cette page n’a pas le droit d’utiliser votre caméra',
      'denied-by-system': 'Le système interdit votre caméra au navigateur',
      dismissed: 'Votre caméra n’a pas encore été autorisée',
      missing: 'Aucune caméra n’a été trouvée',
      busy: 'Votre caméra ne peut pas être utilisée pour le moment',
      unplugged: 'Votre caméra a été débranchée',
      failed: 'Votre caméra n’a pas pu démarrer',
    },
    microphone: {
      denied: 'Cette page n’a pas le droit d’utiliser votre micro',
      'denied-by-system': 'Le système interdit votre micro au navigateur',
      dismissed: 'Votre micro n’a pas encore été autorisé',
      missing: 'Aucun micro n’a été trouvé',
      busy: 'Votre micro ne peut pas être utilisé pour le moment',
      unplugged: 'Votre micro a été débranché',
      failed: 'Votre micro n’a pas pu démarrer',
    },
    both: {
      denied: 'Cette page n’a pas le droit d’utiliser votre caméra et votre micro',
      'denied-by-system': 'Le système interdit votre caméra et votre micro au navigateur',
      dismissed: 'La caméra et le micro n’ont pas encore été autorisés',
      missing: 'Aucune caméra et aucun micro n’ont été trouvés',
      busy: 'La caméra et le micro ne peuvent pas être utilisés pour le moment',
      unplugged: 'La caméra et le micro ont été débranchés',
      failed: 'La caméra et le micro n’ont pas pu démarrer',
    },
    insecure: 'La caméra et le micro exigent une page sécurisée',
    unsupported: 'Ce navigateur ne donne aux pages ni caméra ni micro',
  },
  cure: {
    deniedChromium:
      'Cliquez sur l’icône à gauche de l’adresse, autorisez-y la caméra et le micro, puis réessayez.',
    deniedFirefox:
      'Cliquez sur la caméra ou le micro barré à gauche de l’adresse, levez le blocage, puis réessayez.',
    deniedSafari:
      'Dans le menu Safari, choisissez « Réglages pour ce site web » et autorisez la caméra et le micro, puis rechargez la page.',
    deniedIos:
      'Touchez « aA » ou l’icône de page à côté de l’adresse, puis « Réglages du site web », et autorisez la caméra et le micro.',
    deniedAndroid:
      'Touchez l’icône à gauche de l’adresse, puis « Autorisations », et autorisez la caméra et le micro.',
    'denied-by-system':
      'Ouvrez les réglages de confidentialité de votre système et autorisez ce navigateur à utiliser la caméra et le micro.',
    dismissed: 'Réessayez et choisissez « Autoriser » quand le navigateur pose la question.',
    missing: 'Branchez ou allumez un appareil ; il sera trouvé aussitôt. Vous pouvez aussi participer sans.',
    busy: 'Un autre programme semble l’utiliser. Fermez ce programme, puis réessayez.',
    unplugged: 'Rebranchez l’appareil, ou choisissez-en un autre.',
    failed: 'Réessayez. Si cela ne suffit pas, redémarrez le navigateur.',
    insecure:
      'Les navigateurs ne donnent la caméra et le micro qu’aux pages chargées par https. Ouvrez ce serveur par son adresse https, ou demandez-en une à qui le gère.',
    insecureHere: 'Cette page a été ouverte à l’adresse {{address}}',
    unsupported:
      'Utilisez une version récente de Chrome, Edge, Firefox ou Safari ; les applications qui affichent des pages en leur sein en sont souvent incapables.',
  },
};

export default setup;
