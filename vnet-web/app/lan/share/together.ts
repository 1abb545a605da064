import type { LanStream } from './types';

/** What is to be heard and seen at the same time: camera and microphone of somebody, screen and its sound. */
export function togetherOf({
  participant,
  key,
  source,
}: Pick<LanStream, 'participant' | 'key' | 'source'>): string {
  return `${participant ?? key}/${source.startsWith('screen') ? 'screen' : 'person'}`;
}

/** One stream for what belongs together: it stays while the picture is the same, whatever voices come and go. */
export class Together {
  readonly #streams = new Map<string, MediaStream>();

  /** Arranges exactly these tracks. */
  arrange(tracks: readonly (readonly [string, MediaStreamTrack])[]): ReadonlyMap<string, MediaStream> {
    const groups = new Map<string, MediaStreamTrack[]>();
    for (const [together, track] of tracks) groups.set(together, [...(groups.get(together) ?? []), track]);
    for (const together of [...this.#streams.keys()])
      if (!groups.has(together)) this.#streams.delete(together);
    for (const [together, wanted] of groups) this.#arrange(together, wanted);
    return this.#streams;
  }

  #arrange(together: string, wanted: readonly MediaStreamTrack[]): void {
    const known = this.#streams.get(together);
    const pictures = known?.getVideoTracks() ?? [];
    // Elements show another picture without a gap only if it is another stream.
    if (!known || pictures.some((track) => !wanted.includes(track))) {
      this.#streams.set(together, new MediaStream([...wanted]));
      return;
    }
    for (const track of known.getTracks()) if (!wanted.includes(track)) known.removeTrack(track);
    for (const track of wanted) if (!known.getTracks().includes(track)) known.addTrack(track);
  }
}
