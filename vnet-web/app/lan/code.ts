const LOWEST = 100_000;
const HIGHEST = 999_999;
const CHOICES = HIGHEST - LOWEST + 1;

/** A code that nobody can foresee: six digits, the first one not 0. */
export function makeCode(): string {
  // Numbers beyond the last whole multiple would make some codes likelier than others.
  const fair = Math.floor(2 ** 32 / CHOICES) * CHOICES;
  for (;;) {
    const [number = fair] = crypto.getRandomValues(new Uint32Array(1));
    if (number < fair) return String(LOWEST + (number % CHOICES));
  }
}

/** The code that somebody typed, also with blanks and dashes, and in digits of their script; `null`: it is none. */
export function readCode(typed: string): string | null {
  const digits = [...typed.replace(/[\s-]/g, '')].map(digitOf).join('');
  return /^\d{6}$/.test(digits) ? digits : null;
}

/** Where the digits of keyboards begin: Arabic, Persian, full width. */
const ZEROS = [0x0660, 0x06f0, 0xff10];

function digitOf(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  const zero = ZEROS.find((one) => point >= one && point < one + 10);
  return zero === undefined ? character : String(point - zero);
}
