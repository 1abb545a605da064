/** A piece of a chat line. */
export type Piece = { readonly text: string; readonly href: string | null };

const CANDIDATE = /\bhttps?:\/\/[^\s<>"'`]+/giu;
/** What ends a sentence rather than an address. */
const TRAILING = new Set('.,;:!?…\'"»”’');
const PAIRS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** The end of the address: without punctuation and without brackets that were opened before it. */
function trimmed(candidate: string): string {
  const counts = new Map<string, number>();
  for (const character of candidate) counts.set(character, (counts.get(character) ?? 0) + 1);
  const count = (character: string) => counts.get(character) ?? 0;
  let end = candidate.length;
  for (; end > 0; end -= 1) {
    const last = candidate.charAt(end - 1);
    const opening = PAIRS[last];
    const isUnopened = opening !== undefined && count(last) > count(opening);
    if (!TRAILING.has(last) && !isUnopened) break;
    counts.set(last, count(last) - 1);
  }
  return candidate.slice(0, end);
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
