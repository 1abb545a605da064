import i18next from 'i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Language, setLanguage, startI18n } from '../index';
import ar from './ar';
import de from './de';
import en from './en';
import fr from './fr';

type Texts = Map<string, string>;

/** All texts by their keys, as `t` takes them: `home.title`. */
function flat(words: object, before = '', into: Texts = new Map()): Texts {
  for (const [key, value] of Object.entries(words)) {
    if (typeof value === 'string') into.set(before + key, value);
    else flat(value, `${before}${key}.`, into);
  }
  return into;
}

const PLURAL = /_(zero|one|two|few|many|other)$/;
/** Of these a language may write the number as a word, or as the form of the noun. */
const EXACT = /_(zero|one|two)$/;

const english = flat(en);
const isPlural = (key: string) => PLURAL.test(key) && english.has(key.replace(PLURAL, '_other'));
const names = (text: string) => [...new Set(text.match(/\{\{[^}]*\}\}/g))].sort();

/** Keys that a language must have: those of English, in the plural forms of the language. */
function wanted(language: string): string[] {
  const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  const keys = [...english.keys()].flatMap((key) =>
    isPlural(key) ? forms.map((form) => key.replace(PLURAL, `_${form}`)) : [key],
  );
  return [...new Set(keys)].sort();
}

/** Texts of names and signs only: they stand in every language. */
const SIGNS = ['lan.camera', 'setup.unnamed', 'conference.said.chat'];
/** Words that the language shares with English, rightly. */
const SHARED: Record<string, string[]> = {
  de: [
    'conference.chat',
    'conference.code',
    'conference.host',
    'conference.keys.chat',
    'conference.layout',
    'form.link',
    'home.code',
    'home.inviteCode',
    'home.inviteLink',
    'lan.receive.code',
    'share.byCode.label',
  ],
  fr: ['form.minutes_one', 'form.minutes_other', 'home.code', 'lan.receive.code', 'share.byCode.label'],
  ar: [],
};

beforeAll(startI18n);

describe.each(Object.entries({ de, fr, ar }))('%s', (language, words) => {
  const texts = flat(words);

  it('has every text, in every plural form of the language, and none besides', () => {
    expect([...texts.keys()].sort()).toEqual(wanted(language));
  });

  it('says something everywhere', () => {
    expect([...texts].filter(([, text]) => text.trim() === '' || text !== text.trim())).toEqual([]);
  });

  it('puts in what English puts in', () => {
    const other = [...texts].filter(([key, text]) => {
      const original = english.get(isPlural(key) ? key.replace(PLURAL, '_other') : key) ?? '';
      const mayOmit = isPlural(key) && EXACT.test(key);
      const expected = names(original).filter((name) => !mayOmit || name !== '{{count}}');
      const found = names(text).filter((name) => !mayOmit || name !== '{{count}}');
      return found.join() !== expected.join();
    });
    expect(other).toEqual([]);
  });

  it('is not English', () => {
    const same = [...texts].filter(([key, text]) => text === english.get(key)).map(([key]) => key);
    const allowed = [...SIGNS, ...(SHARED[language] ?? [])];
    expect(same.filter((key) => !allowed.includes(key))).toEqual([]);
    // A list that names what is translated by now would hide the next fault.
    expect((SHARED[language] ?? []).filter((key) => !same.includes(key))).toEqual([]);
  });

  it('closes what it isolates from the direction of the text', () => {
    const open = [...texts].filter(
      ([, text]) => text.split(/[\u2066-\u2068]/).length !== text.split('\u2069').length,
    );
    expect(open).toEqual([]);
  });
});

it('keeps French signs on the line of their words', () => {
  expect([...flat(fr)].filter(([, text]) => / [:;!?»]|« /.test(text))).toEqual([]);
});

it('writes Arabic with its own signs', () => {
  expect([...flat(ar)].filter(([, text]) => /[,;?]/.test(text.replace(/\{\{.*?\}\}/g, '')))).toEqual([]);
});

it.each<[Language, number, string]>([
  ['de', 1, de.form.minutes_one],
  ['fr', 0, fr.form.minutes_one],
  ['fr', 1_000_000, fr.form.minutes_many],
  ['ar', 0, ar.form.minutes_zero],
  ['ar', 2, ar.form.minutes_two],
  ['ar', 5, ar.form.minutes_few],
  ['ar', 45, ar.form.minutes_many],
  ['ar', 100, ar.form.minutes_other],
])('says in %s how many %i are', async (language, count, text) => {
  await setLanguage(language, false);
  expect(i18next.t('form.minutes', { count })).toBe(text.replace('{{count}}', String(count)));
});
