import { isPicture, type Stream, type StreamId, type Want } from '../conference';
import type { FakeRoom, Published } from './room';
import type { Made, MediaSources } from './sources';

/** What a picture costs of the cap, in bits a second for each pixel of its width. */
const BITS_PER_PIXEL = 1500;
const LARGEST = 1280;

/** The streams of others as one page sees them: what it wants plays. */
export class StreamsView {
  readonly #room: FakeRoom;
  readonly #sources: MediaSources;
  readonly #wants = new Map<StreamId, Want>();
  readonly #made = new Map<StreamId, { readonly made: Made; readonly track: MediaStreamTrack | null }>();
  #shown: readonly Stream[] = [];
  #cap: number | null = null;
  /** Nothing arrives. */
  stalled = false;

  constructor(room: FakeRoom, sources: MediaSources) {
    this.#room = room;
    this.#sources = sources;
  }

  want(wants: ReadonlyMap<StreamId, Want>): void {
    for (const [id, want] of wants) this.#wants.set(id, want);
  }

  set cap(bitsPerSecond: number | null) {
    this.#cap = bitsPerSecond;
  }

  /** Bits a second that arrive. */
  get bitrate(): number {
    return this.#shown
      .filter((stream) => stream.state === 'playing')
      .reduce((sum, stream) => sum + this.#cost(stream), 0);
  }

  #cost(stream: { readonly id: StreamId; readonly source: Stream['source'] }): number {
    if (!isPicture(stream.source)) return 32_000;
    return Math.min(this.#wants.get(stream.id)?.width ?? LARGEST, LARGEST) * BITS_PER_PIXEL;
  }

  /** How everything stands; the same objects where nothing changed. */
  look(own: string | null): readonly Stream[] {
    const published = [...this.#room.streams.values()].filter((one) => one.participant !== own);
    const present = new Set(published.map((one) => one.id));
    for (const id of [...this.#made.keys()]) if (!present.has(id)) this.#stop(id);
    const paused = this.#paused(published);
    const before = new Map(this.#shown.map((stream) => [stream.id, stream]));
    const now = published.map((one) => this.#stream(one, paused.has(one.id), before.get(one.id)));
    const same = now.length === this.#shown.length && now.every((stream, at) => stream === this.#shown[at]);
    if (!same) this.#shown = now;
    return this.#shown;
  }

  /** What starts now plays. Whether anything did. */
  play(): boolean {
    let begun = false;
    for (const stream of this.#shown) {
      const published = this.#room.streams.get(stream.id);
      if (stream.state !== 'starting' || !published || this.#made.has(stream.id) || this.stalled) continue;
      this.#made.set(stream.id, { made: this.#make(published), track: published.track });
      begun = true;
    }
    return begun;
  }

  #stream(published: Published, isPaused: boolean, before: Stream | undefined): Stream {
    const { id, participant, source, muted, track } = published;
    const on = this.#wants.get(id)?.on ?? !isPicture(source);
    if (!on || (this.#made.has(id) && this.#made.get(id)?.track !== track)) this.#stop(id);
    const made = this.#made.get(id)?.made;
    made?.level(this.#room.people.get(participant)?.level ?? 0);
    made?.muted(muted);
    const media = made?.media ?? null;
    const playing = media && !this.stalled ? 'playing' : 'starting';
    const state = !on ? 'off' : isPaused ? 'paused' : playing;
    if (before && before.muted === muted && before.media === media && before.state === state) return before;
    return { id, participant, source, muted, media, state };
  }

  /** The pictures that are beyond the cap: the least important and the last first. */
  #paused(published: readonly Published[]): Set<StreamId> {
    const paused = new Set<StreamId>();
    if (this.#cap === null) return paused;
    const rank = (id: StreamId) =>
      ['pinned', 'speaker', 'tile'].indexOf(this.#wants.get(id)?.priority ?? 'tile');
    let left = this.#cap;
    const pictures = published.filter((one) => isPicture(one.source) && this.#wants.get(one.id)?.on);
    for (const one of pictures.sort((a, b) => rank(a.id) - rank(b.id))) {
      left -= this.#cost(one);
      if (left < 0) paused.add(one.id);
    }
    return paused;
  }

  #make(published: Published): Made {
    if (published.track) {
      const media = new MediaStream([published.track]);
      return { media, level: () => {}, muted: () => {}, stop: () => {} };
    }
    const name = this.#room.people.get(published.participant)?.name ?? '';
    const likeness = { name, number: Number(published.participant.slice(1)) };
    if (published.source === 'screen') return this.#sources.screen(likeness);
    return published.source === 'camera' ? this.#sources.camera(likeness) : this.#sources.voice(likeness);
  }

  #stop(id: StreamId): void {
    this.#made.get(id)?.made.stop();
    this.#made.delete(id);
  }

  stopAll(): void {
    for (const id of [...this.#made.keys()]) this.#stop(id);
    this.#shown = [];
  }
}
