/**
 * The id under which a section's track is received, by `a=msid`; `null`: it says none.
 *
 * Source: RFC 8830, section 2.
 */
export function trackIdIn(sdp: string, mid: string): string | null {
  for (const section of sdp.split(/\r?\nm=/).slice(1)) {
    const lines = section.split(/\r?\n/);
    if (!lines.includes(`a=mid:${mid}`)) continue;
    const msid = lines.find((line) => line.startsWith('a=msid:'));
    return msid?.slice('a=msid:'.length).split(' ')[1] ?? null;
  }
  return null;
}
