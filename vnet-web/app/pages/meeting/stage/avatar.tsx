import classes from './tile.module.css';

const HUES = 6;

/** The first letters of the first and the last word. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const first = letter(words[0]);
  const last = words.length > 1 ? letter(words.at(-1)) : '';
  return (first + last).toLocaleUpperCase() || '?';
}

/** What people see as one letter, be it many characters. */
function letter(word: string | undefined): string {
  if (!word) return '';
  const [first] = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(word);
  return first?.segment ?? '';
}

/** The same person has the same colour on every page. */
export function hueOf(name: string): number {
  let sum = 0;
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return sum % HUES;
}

/** Stands for a person whose camera is off. */
export function Avatar({ name, small = false }: { name: string; small?: boolean }) {
  return (
    <span className={small ? classes.avatarSmall : classes.avatar} data-hue={hueOf(name)} aria-hidden="true">
      {initials(name)}
    </span>
  );
}
