import i18next from 'i18next';
import type acs from '../../i18n/locales/en/acs';
import { ConferenceError } from '../conference';

export type AcsWord = keyof typeof acs;
type Values = Record<string, string | number>;

/** A failure, said in the reader's language. */
export function failure(code: string, word: AcsWord, values: Values = {}): ConferenceError {
  // Which values a word has is known to those who write it, not to the compiler: one word stands for all.
  return new ConferenceError(code, i18next.t(`acs.${word}` as 'acs.notFound', values));
}
