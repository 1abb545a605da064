import type { French } from '../words';

const privacy: French['privacy'] = {
  title: 'VNET | Confidentialité',
  head: 'Confidentialité',
  lead: 'Ce que ce serveur conserve à votre sujet, et qui transporte votre voix et votre image.',
  keepsHead: 'Ce qui est conservé sur ce serveur',
  keepsAccount:
    'Votre compte : nom d’utilisateur, nom et prénom, adresse électronique, nom affiché dans les réunions et photo. De votre mot de passe, seulement une empreinte salée, qui ne permet pas de le retrouver.',
  keepsSession:
    'Vos sessions : quand, depuis quelle adresse et avec quel navigateur vous avez ouvert chacune, et jusqu’à quand elle vaut ; de la valeur du cookie, seulement une empreinte. Ce cookie est nécessaire pour que votre session reste ouverte. Le seul autre cookie retient l’écart de votre horloge avec UTC, lorsque vous planifiez sans JavaScript.',
  keepsMeetings:
    'Les réunions que vous planifiez : titre, remarques, horaires et code. Qui a le code peut les lire, avec votre nom.',
  keepsIdentity:
    'Un identifiant qui vous désigne auprès du service transportant les réunions ; il ne dit rien de vous et il est supprimé avec votre compte.',
  keepsLog:
    'Le journal du serveur : lorsqu’une connexion échoue ou qu’une tentative est refusée, l’heure, l’adresse dont elle vient et le numéro du compte ; jamais ce qui a été saisi. Qui gère ce serveur décide combien de temps le journal est conservé.',
  notKeptHead: 'Ce qui n’est pas conservé',
  notKept:
    'Voix, image, écrans partagés, discussion et réactions sont transmis puis oubliés. Rien n’est enregistré. Il n’y a ni publicité ni mesure d’audience, et aucune page ne charge quoi que ce soit d’ailleurs.',
  deviceHead: 'Ce qui reste sur votre appareil',
  device:
    'Votre choix de langue, de caméra, de micro, de haut-parleur et de disposition des réunions, dans le stockage de ce navigateur. Il n’est pas envoyé au serveur.',
  mediaHead: 'Qui transporte une réunion',
  mediaSfu:
    'Ce serveur lui-même : le son et l’image vont, chiffrés, de votre navigateur à lui puis aux autres participants. Pendant leur passage, le serveur pourrait les lire ; il ne les regarde pas.',
  mediaAcs:
    'Là où c’est configuré ainsi, Microsoft : le son et l’image passent alors par Azure Communication Services, et la page charge le SDK d’appel de Microsoft (@azure/communication-calling). Ce SDK n’est pas un logiciel libre ; il est utilisé sous la licence de Microsoft. Il envoie à Microsoft de la télémétrie sur les appels (qualité, erreurs, type de navigateur et d’appareil) ; la déclaration de confidentialité de Microsoft indique ce qu’elle devient.',
  mediaAcsLink: 'Déclaration de confidentialité de Microsoft',
  mediaAcsHere: 'Sur ce serveur, les réunions peuvent être transportées par Microsoft.',
  mediaSfuHere:
    'Le SDK de Microsoft n’est pas installé sur ce serveur : il transporte lui-même les réunions.',
  lanHead: 'Partage à l’intérieur d’un réseau local',
  lan: 'Qui partage une réunion sur un réseau local en envoie les images directement aux autres navigateurs de ce réseau, et le son aussi aux deuxièmes écrans ; tout est chiffré et ne passe pas par le serveur. Ceux qui reçoivent peuvent transmettre à leur tour. La personne qui partage autorise chaque réception, ou l’a proposée elle-même ; les autres participants ne sont pas consultés à nouveau. Les personnes d’une même réunion qui viennent de la même adresse se voient par leur nom. Les navigateurs connectés apprennent l’adresse l’un de l’autre sur le réseau. Le serveur ne garde rien de tout cela : qui a partagé avec qui est oublié dès la fin.',
  rightsHead: 'Votre compte est à vous',
  rights:
    'Sur la page de votre compte, vous pouvez modifier ce qui est conservé à votre sujet, et supprimer le compte avec tout ce qui en dépend. Qui gère ce serveur le peut aussi.',
  rightsLink: 'Vers votre compte',
};

export default privacy;
