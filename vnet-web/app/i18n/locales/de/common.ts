import type { German } from '../words';

const common: German['common'] = {
  product: 'VNET – Videobesprechungen auf Ihrem eigenen Server',
  homePage: 'VNET-Startseite',
  mainMenu: 'Hauptmenü',
  cancel: 'Abbrechen',
  save: 'Speichern',
  close: 'Schließen',
  retry: 'Erneut versuchen',
  loading: 'Wird geladen …',
  language: 'Sprache',
  skip: 'Zum Inhalt springen',
  account: 'Konto',
  yourAccount: 'Ihr Konto',
  signOut: 'Abmelden',
  help: 'Hilfe',
  privacy: 'Datenschutz',
  home: 'Besprechungen',
  notFound: '404 – Seite auf VNET nicht gefunden',
  notFoundHelp: 'Vielleicht ist die Adresse falsch geschrieben, oder es gibt die Seite nicht mehr.',
  backHome: 'Zu Ihren Besprechungen',
  fault: 'Auf dieser Seite ist etwas schiefgegangen',
  faultHelp: 'Neu laden hilft meistens. Nichts, was Sie gespeichert haben, geht verloren.',
  reload: 'Neu laden',
  offline: 'Der Server ist nicht erreichbar. Prüfen Sie Ihre Verbindung.',
  serverFault: 'Der Server konnte nicht antworten. Bitte versuchen Sie es gleich noch einmal.',
  tooMany_one: 'Zu viele Versuche. Bitte warten Sie {{count}} Sekunde.',
  tooMany_other: 'Zu viele Versuche. Bitte warten Sie {{count}} Sekunden.',
  tooManySoon: 'Zu viele Versuche. Bitte warten Sie einen Moment.',
};

export default common;
