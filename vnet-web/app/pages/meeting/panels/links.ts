/** A piece of a chat line. */
export type Piece = { readonly text: string; readonly href: string | null };

const CANDIDATE = /\bhttps?:\/\/[^\s<>"'`]+/giu;
/** What ends a sentence rather than an address. */
const TRAILING = /[.,;:!?…'"»”’]+$/u;
const PAIRS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** The end of the address: without punctuation and without brackets that were opened before it. */
function trimmed(candidate: string): string {
  let text = candidate;
  for (;;) {
    const shorter = text.replace(TRAILING, '');
    const last = shorter.at(-1) ?? '';
    const opening = PAIRS[last];
    const unopened = opening !== undefined && shorter.split(last).length > shorter.split(opening).length;
    const next = unopened ? shorter.slice(0, -1) : shorter;
    if (next === text) return text;
    text = next;
  }
}

function safe(candidate: string): string | null {
  try {
    const url = new URL(candidate);
    // A name and password before the host deceive: "https://bank.example@evil.example".
    if ((url.protocol !== 'http:' && url.protocol !== 'https:') || url.username || url.password) return null;
    return url.hostname ? url.href : null;
  } catch {
    return null;
  }
}

/** The text in pieces, those with addresses of the web apart; nothing else ever becomes a link. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    const address = trimmed(match[0]);
    const href = safe(address);
    if (!href) continue;
    if (match.index > at) found.push({ text: text.slice(at, match.index), href: null });
    found.push({ text: address, href });
    at = match.index + address.length;
  }
  if (at < text.length) found.push({ text: text.slice(at), href: null });
  return found;
}
