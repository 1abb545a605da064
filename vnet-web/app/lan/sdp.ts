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

/** What goes along with codecs and is none: retransmission, redundancy, and error correction. */
const COMPANIONS = ['rtx', 'red', 'ulpfec', 'flexfec-03'];

/**
 * A description whose sender takes it that its line carries at least `least` bits a second, and at first `first`. Engines of
 * Chromium's kind do; others read over it.
 *
 * Source: `x-google-min-bitrate` and `x-google-start-bitrate` among the parameters of a format (RFC 8866, section 6.15), as
 * libwebrtc reads them, in kilobits.
 */
export function assumesLine(sdp: string, { least, first }: { least: number; first: number }): string {
  const line = `x-google-min-bitrate=${least / 1_000};x-google-start-bitrate=${first / 1_000}`;
  const sections = sdp.split(/(?=^m=)/m);
  return sections
    .map((section) => (section.startsWith('m=video') ? assumed(section, line) : section))
    .join('');
}

function assumed(section: string, line: string): string {
  const formats = [...section.matchAll(/^a=rtpmap:(\d+) ([^/]+)\//gm)];
  return formats.reduce((all, [, format, codec = '']) => {
    if (COMPANIONS.includes(codec.toLowerCase())) return all;
    const parameters = new RegExp(`^a=fmtp:${format} .*?(?=\\r?$)`, 'm');
    if (parameters.test(all)) return all.replace(parameters, (known) => `${known};${line}`);
    return all.replace(
      new RegExp(`^a=rtpmap:${format} .*?(?=(\\r?\\n|$))`, 'm'),
      (map, end) => `${map}${end || '\r\n'}a=fmtp:${format} ${line}`,
    );
  }, section);
}
