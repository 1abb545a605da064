import i18next from 'i18next';
import LanguageDetector from 'i18next-browser-languagedetector';
import { initReactI18next } from 'react-i18next';
import en from './locales/en';

/** Languages, by their own names. Each but English is fetched when it is chosen. */
export const LANGUAGES = { en: 'English', de: 'Deutsch', fr: 'Français', ar: 'العربية' } as const;
export type Language = keyof typeof LANGUAGES;

const loaders: Record<Exclude<Language, 'en'>, () => Promise<{ default: typeof en }>> = {
  de: () => import('./locales/de'),
  fr: () => import('./locales/fr'),
  ar: () => import('./locales/ar'),
};

async function load(language: string): Promise<void> {
  if (language in loaders && !i18next.hasResourceBundle(language, 'translation')) {
    const { default: words } = await loaders[language as keyof typeof loaders]();
    i18next.addResourceBundle(language, 'translation', words);
  }
}

function tellPage(language: string): void {
  document.documentElement.lang = language;
  document.documentElement.dir = i18next.dir(language);
}

export async function startI18n(): Promise<void> {
  await i18next
    .use(LanguageDetector)
    .use(initReactI18next)
    .init({
      resources: { en: { translation: en } },
      partialBundledLanguages: true,
      fallbackLng: 'en',
      supportedLngs: Object.keys(LANGUAGES),
      nonExplicitSupportedLngs: true,
      load: 'languageOnly',
      interpolation: { escapeValue: false },
      detection: {
        order: ['querystring', 'localStorage', 'navigator'],
        lookupQuerystring: 'lang',
        caches: [],
      },
    });
  await setLanguage(i18next.resolvedLanguage ?? 'en', false);
}

/** Changes the language; `keep` remembers it on this device. */
export async function setLanguage(language: string, keep = true): Promise<void> {
  await load(language);
  await i18next.changeLanguage(language);
  tellPage(language);
  if (keep) localStorage.setItem('i18nextLng', language);
}
