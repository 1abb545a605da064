import type en from './en';

/** Languages with more plural forms than English have words for them, too. */
type Plurals = Partial<Record<`${string}_${'zero' | 'two' | 'few' | 'many'}`, string>>;
type Translated<T> = {
  [Key in keyof T]: T[Key] extends string ? string : Translated<T[Key]> & Plurals;
};
/** What a language has to say: everything that English says. */
export type Words = Translated<typeof en>;
