import type en from './en';

type Stem<Key> = Key extends `${infer Name}_other` ? Name : never;
type Translated<T, Form extends string> = {
  [Key in keyof T]: T[Key] extends string ? string : Translated<T[Key], Form>;
} & Record<`${Stem<keyof T>}_${Form}`, string>;

/**
 * What a language has to say: everything that English says, and, wherever English says how many, the plural
 * forms `More` that the language has besides English's `one` and `other`.
 */
export type Words<More extends string = never> = Translated<typeof en, More>;

export type German = Words;
export type French = Words<'many'>;
export type Arabic = Words<'zero' | 'two' | 'few' | 'many'>;
