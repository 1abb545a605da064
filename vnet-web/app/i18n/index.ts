import i18next from 'i18next';
import LanguageDetector from 'i18next-browser-languagedetector';
import { initReactI18next } from 'react-i18next';
import en from './locales/en';
import type { Words } from './locales/words';

/** Languages, by their own names. Each but English is fetched when it is chosen. */
export const LANGUAGES = { en: 'English', de: 'Deutsch', fr: 'Français', ar: 'العربية' } as const;
export type Language = keyof typeof LANGUAGES;

const KEPT = 'vnet.language';

const loaders: Record<Exclude<Language, 'en'>, () => Promise<{ default: Words }>> = {
  de: () => import('./locales/de'),
  fr: () => import('./locales/fr'),
  ar: () => import('./locales/ar'),
};

/** The first of the languages that there are words for: `de` for `de-AT`. */
export function supported(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const language = tag.toLowerCase().split('-')[0] ?? '';
    if (Object.hasOwn(LANGUAGES, language)) return language as Language;
  }
  return 'en';
}

async function load(language: Language): Promise<void> {
  if (language === 'en' || i18next.hasResourceBundle(language, 'translation')) return;
  const { default: words } = await loaders[language]();
  i18next.addResourceBundle(language, 'translation', words);
}

function tellPage(language: string): void {
  document.documentElement.lang = language;
  document.documentElement.dir = i18next.dir(language);
}

/** Makes the words ready: those of `?lang=`, else of the last choice, else of the browser. */
export async function startI18n(): Promise<void> {
  const detector = new LanguageDetector();
  await i18next
    .use(detector)
    .use(initReactI18next)
    .init({
      resources: { en: { translation: en } },
      partialBundledLanguages: true,
      fallbackLng: 'en',
      interpolation: { escapeValue: false },
      detection: {
        order: ['querystring', 'localStorage', 'navigator'],
        lookupQuerystring: 'lang',
        lookupLocalStorage: KEPT,
        caches: [],
      },
    });
  const detected = detector.detect() ?? [];
  const language = supported(typeof detected === 'string' ? [detected] : detected);
  // Without its words a page in English is better than none.
  await setLanguage(language, false).catch(() => setLanguage('en', false));
}

/** Changes the language; `keep` remembers it on this device. */
export async function setLanguage(language: Language, keep = true): Promise<void> {
  await load(language);
  await i18next.changeLanguage(language);
  tellPage(language);
  if (!keep) return;
  try {
    localStorage.setItem(KEPT, language);
  } catch {
    // A browser that stores nothing asks again next time.
  }
}
