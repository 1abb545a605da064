/**
 * The codes that people type to join: ten characters without look-alikes, in any case and with blanks,
 * dashes, dots and underlines between.
 */
const CODE = /^[2-9a-hjkmnp-tv-z]{10}$/;
/** What people and programs put between: also the dashes and blanks of texts, and what cannot be seen. */
const BETWEEN = /[\s\p{Pd}\p{Cf}._]/gu;

/** The code as the server writes it; `null`: that is none. Takes whole links as well. */
export function readCode(text: string): string | null {
  const link = /\/conf\/([^/?#]+)/.exec(text.trim());
  let code = link?.[1] ?? text;
  try {
    code = link ? decodeURIComponent(code) : code;
  } catch {
    return null;
  }
  code = code.replace(BETWEEN, '').toLowerCase();
  return CODE.test(code) ? code : null;
}

/** The code as it is shown: `abc-defg-hjk`. */
export function spellCode(code: string): string {
  return CODE.test(code) ? `${code.slice(0, 3)}-${code.slice(3, 7)}-${code.slice(7)}` : code;
}
