import i18next from 'i18next';
import { afterEach, expect, it } from 'vitest';
import { setLanguage, startI18n, supported } from './index';

afterEach(() => {
  localStorage.clear();
  history.replaceState(null, '', '/');
});

it('takes the first language that there are words for', () => {
  expect(supported(['pt-BR', 'de-AT', 'fr'])).toBe('de');
  expect(supported(['tlh', 'constructor'])).toBe('en');
  expect(supported([])).toBe('en');
});

it('starts in the language of the address, and tells the page its direction', async () => {
  history.replaceState(null, '', '/?lang=ar');
  await startI18n();
  expect(i18next.language).toBe('ar');
  expect(document.documentElement.lang).toBe('ar');
  expect(document.documentElement.dir).toBe('rtl');
});

it('remembers what was chosen', async () => {
  await startI18n();
  await setLanguage('fr');
  await setLanguage('en', false);
  await startI18n();
  expect(i18next.language).toBe('fr');
  await setLanguage('en');
  expect(document.documentElement.dir).toBe('ltr');
});
