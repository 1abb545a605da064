import type * as wire from '../../generated/sfu-protocol';
import { isPicture, type Source, type StreamId, type Want } from '../conference';

/** What is sent together, and how far apart, in milliseconds. */
const TOGETHER = 150;
const AFTER_REFUSAL = 1_000;
/** What a layer of a camera is believed to take, in bits a second, by its width. */
const LAYERS = [
  { width: 320, bits: 150_000 },
  { width: 640, bits: 500_000 },
  { width: 1280, bits: 1_700_000 },
] as const;
const SCREEN_BITS = 1_500_000;
/** What voices take: there are never more than a few at a time. */
const VOICE_BITS = 40_000;
const MOST_VOICES = 3;

const RANKS = { pinned: 0, speaker: 1, tile: 2 } as const;

/** What may be wanted. */
export interface Offered {
  readonly id: StreamId;
  readonly track: number;
  readonly source: Source;
}

/** What is wanted of each stream so that all together stay below the cap; `null`: there is no room for it. */
export function withinCap(
  offered: readonly Offered[],
  wants: ReadonlyMap<StreamId, Want>,
  cap: number | null,
): Map<StreamId, Want | null> {
  const shown = offered.filter(({ id, source }) => isPicture(source) && wants.get(id)?.on);
  const result = new Map<StreamId, Want | null>(shown.map(({ id }) => [id, wants.get(id) ?? null]));
  if (cap === null) return result;
  const rank = ({ id, source }: Offered) =>
    source === 'screen' ? -1 : RANKS[wants.get(id)?.priority ?? 'tile'];
  const order = [...shown].sort((a, b) => rank(a) - rank(b) || a.track - b.track);
  const voices = offered.filter(({ source }) => !isPicture(source)).length;
  let left = cap - Math.min(voices, MOST_VOICES) * VOICE_BITS;
  const layers = new Map<StreamId, number>();
  // Everybody a small picture first; then larger ones, the most important first.
  for (const { id, source } of order) {
    const bits = source === 'screen' ? SCREEN_BITS : LAYERS[0].bits;
    if (bits > left) {
      result.set(id, null);
      continue;
    }
    left -= bits;
    if (source === 'camera') layers.set(id, 0);
  }
  for (const [id] of layers) {
    const want = wants.get(id);
    const layer = best(want?.width ?? Number.POSITIVE_INFINITY, left);
    left -= LAYERS[layer].bits - LAYERS[0].bits;
    if (want)
      result.set(id, {
        ...want,
        width: Math.min(want.width ?? Number.POSITIVE_INFINITY, LAYERS[layer].width),
      });
  }
  return result;
}

/** The layer for a width for which there is room. */
function best(width: number, left: number): 0 | 1 | 2 {
  const fits = (layer: 1 | 2) =>
    LAYERS[(layer - 1) as 0 | 1].width < width && LAYERS[layer].bits - LAYERS[0].bits <= left;
  if (!fits(1)) return 0;
  return fits(2) ? 2 : 1;
}

/** Collects what the page wants, and says what changed: together, not too often, nothing twice. */
export class Wants {
  readonly #wants = new Map<StreamId, Want>();
  readonly #said = new Map<number, string>();
  readonly #say: (tracks: wire.Want[]) => Promise<unknown>;
  #offered: readonly Offered[] = [];
  #cap: number | null = null;
  #allowed: ReadonlyMap<StreamId, Want | null> = new Map();
  #connected = false;
  #sayAll = false;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #last = Number.NEGATIVE_INFINITY;

  constructor(say: (tracks: wire.Want[]) => Promise<unknown>) {
    this.#say = say;
  }

  get(id: StreamId): Want | undefined {
    return this.#wants.get(id);
  }

  /** Wanted, but beyond the cap. */
  isCapped(id: StreamId): boolean {
    return this.#allowed.get(id) === null;
  }

  /** How many pictures are wanted. */
  get pictures(): number {
    return this.#offered.filter(({ id, source }) => isPicture(source) && this.#wants.get(id)?.on).length;
  }

  set(wants: ReadonlyMap<StreamId, Want>): void {
    for (const [id, want] of wants) this.#wants.set(id, want);
    this.#changed();
  }

  setCap(cap: number | null): void {
    this.#cap = cap;
    this.#changed();
  }

  /** What there is now. */
  offer(offered: readonly Offered[]): void {
    const ids = new Set(offered.map(({ id }) => id));
    const isSame = ids.size === this.#offered.length && this.#offered.every(({ id }) => ids.has(id));
    if (isSame) return;
    this.#offered = offered;
    for (const id of [...this.#wants.keys()]) if (!ids.has(id)) this.#wants.delete(id);
    this.#changed();
  }

  /** `isAnew`: the server knows of no wants; otherwise whether what was said last has arrived is not known. */
  connected(isAnew: boolean): void {
    this.#connected = true;
    this.#said.clear();
    this.#sayAll = !isAnew;
    this.#changed();
  }

  /** Nothing can be said for now. */
  lost(): void {
    this.#connected = false;
    this.#said.clear();
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #changed(): void {
    this.#allowed = withinCap(this.#offered, this.#wants, this.#cap);
    if (!this.#connected || this.#timer) return;
    // The first at once, but together with what comes in the same moment.
    const pause = Math.max(this.#last + TOGETHER - performance.now(), 0);
    this.#timer = setTimeout(() => this.#flush(), pause);
  }

  #flush(): void {
    this.#timer = null;
    const tracks = this.#offered.flatMap((one) => {
      const want = this.#wireWant(one);
      return want && this.#said.get(one.track) !== JSON.stringify(want) ? [want] : [];
    });
    const present = new Set(this.#offered.map(({ track }) => track));
    for (const track of [...this.#said.keys()]) if (!present.has(track)) this.#said.delete(track);
    if (tracks.length === 0) return;
    this.#last = performance.now();
    for (const want of tracks) this.#said.set(want.track, JSON.stringify(want));
    this.#sayAll = false;
    // Refused for going too fast, say.
    this.#say(tracks).catch(() => {
      this.#said.clear();
      this.#sayAll = true;
      this.#last = performance.now() + AFTER_REFUSAL;
      this.#changed();
    });
  }

  /** As it is said; `null`: as it is at first, which need not be said. */
  #wireWant({ id, track, source }: Offered): wire.Want | null {
    const isVideo = isPicture(source);
    const want = isVideo ? this.#allowed.get(id) : this.#wants.get(id);
    const on = want === undefined ? !isVideo : (want?.on ?? false);
    if (on !== isVideo && !this.#sayAll && !this.#said.has(track)) return null;
    if (!on || !want) return { track, on };
    const { width, priority } = want;
    return {
      track,
      on,
      ...(width !== undefined && { width: Math.max(Math.round(width), 1) }),
      ...(priority && { priority }),
    };
  }
}
