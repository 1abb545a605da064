import type { French } from '../words';

const common: French['common'] = {
  product: 'VNET – réunions vidéo sur votre propre serveur',
  homePage: 'Page d’accueil de VNET',
  mainMenu: 'Menu principal',
  cancel: 'Annuler',
  save: 'Enregistrer',
  close: 'Fermer',
  retry: 'Réessayer',
  loading: 'Chargement…',
  language: 'Langue',
  skip: 'Aller au contenu',
  account: 'Compte',
  yourAccount: 'Votre compte',
  signOut: 'Se déconnecter',
  help: 'Aide',
  privacy: 'Confidentialité',
  home: 'Réunions',
  notFound: '404 – page introuvable sur VNET',
  notFoundHelp: 'L’adresse est peut-être mal saisie, ou la page n’existe plus.',
  backHome: 'Vers vos réunions',
  fault: 'Un problème est survenu sur cette page',
  faultHelp: 'La recharger suffit en général. Rien de ce que vous avez enregistré n’est perdu.',
  reload: 'Recharger',
  offline: 'Le serveur est injoignable. Vérifiez votre connexion.',
  serverFault: 'Le serveur n’a pas pu répondre. Veuillez réessayer dans un instant.',
  tooMany_one: 'Trop de tentatives. Veuillez attendre {{count}} seconde.',
  tooMany_many: 'Trop de tentatives. Veuillez attendre {{count}} de secondes.',
  tooMany_other: 'Trop de tentatives. Veuillez attendre {{count}} secondes.',
  tooManySoon: 'Trop de tentatives. Veuillez patienter un instant.',
};

export default common;
