import type en from './en';

type Translated<T> = { [Key in keyof T]: T[Key] extends string ? string : Translated<T[Key]> };
/** What a language has to say: everything that English says. */
export type Words = Translated<typeof en>;
