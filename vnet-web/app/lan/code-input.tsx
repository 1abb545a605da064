import { TextInput, type TextInputProps } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { readCode } from './code';

/** A field for a code of six digits, with room for the spaces that people put between them. */
export const CodeInput = (props: TextInputProps) => (
  <TextInput inputMode="numeric" autoComplete="off" dir="ltr" maxLength={12} {...props} />
);

/** A form with nothing in it but a `CodeInput` of this name: what it gives to `take` is a code. */
export function useCodeForm(name: string, take: (code: string) => void) {
  const [wrong, setWrong] = useState(false);
  return {
    wrong,
    changed: () => setWrong(false),
    submit: (event: FormEvent<HTMLFormElement>) => {
      event.preventDefault();
      const code = readCode(String(new FormData(event.currentTarget).get(name) ?? ''));
      setWrong(code === null);
      if (code !== null) take(code);
    },
  };
}
