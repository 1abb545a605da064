import type { Media } from './media';
import type { Place } from './state';
import type { Played } from './view';

/** How often it is looked whether something arrives, while something is waited for, in milliseconds. */
const LOOK_EVERY = 60;

interface Playing {
  readonly track: number;
  readonly receiver: RTCRtpReceiver;
  readonly media: MediaStream;
  readonly paused: boolean;
  /** When the last frame of what played here before was shown. */
  readonly before: number;
  flows: boolean;
}

/** What plays in the slots: a stream for each track, another when another track plays. */
export class Slots {
  readonly #playing = new Map<string, Playing>();
  readonly #onFlow: () => void;
  #clock: ReturnType<typeof setInterval> | null = null;

  /** @param onFlow told when something that was waited for arrives */
  constructor(onFlow: () => void) {
    this.#onFlow = onFlow;
  }

  /** Which track of the meeting plays in a section. */
  trackOf(mid: string): number | null {
    return this.#playing.get(mid)?.track ?? null;
  }

  /** Where a track of the meeting plays now. */
  receiverOf(track: number): RTCRtpReceiver | null {
    return [...this.#playing.values()].find((one) => one.track === track)?.receiver ?? null;
  }

  /** Brings what plays in line with what the server says and the connection has; by track. */
  look(places: ReadonlyMap<string, Place>, media: Media | null): ReadonlyMap<number, Played> {
    for (const mid of [...this.#playing.keys()]) if (!places.get(mid)?.track) this.#playing.delete(mid);
    for (const [mid, { track, paused }] of places) {
      const receiver = media?.receiver(mid);
      if (track === null || !receiver) continue;
      const known = this.#playing.get(mid);
      const isSame = known?.track === track && known.receiver === receiver;
      if (isSame && known.paused === paused) continue;
      // What was paused arrives anew. Of a voice it is enough that it may come: silence is not always sent.
      const isVoice = receiver.track.kind === 'audio';
      const flows = isVoice || (isSame && known.flows && !paused);
      const stream = isSame ? known.media : new MediaStream([receiver.track]);
      this.#playing.set(mid, { track, receiver, media: stream, paused, before: lastFrame(receiver), flows });
    }
    this.#watch();
    return new Map([...this.#playing.values()].map((one) => [one.track, one]));
  }

  clear(): void {
    this.#playing.clear();
    this.#watch();
  }

  #waits(): Playing[] {
    return [...this.#playing.values()].filter((one) => !one.flows && !one.paused);
  }

  #watch(): void {
    const isIdle = this.#waits().length === 0;
    if (isIdle && this.#clock) {
      clearInterval(this.#clock);
      this.#clock = null;
    } else if (!isIdle && !this.#clock) {
      this.#clock = setInterval(() => this.#tick(), LOOK_EVERY);
    }
  }

  #tick(): void {
    let news = false;
    for (const one of this.#waits()) {
      if (lastFrame(one.receiver) <= one.before) continue;
      one.flows = true;
      news = true;
    }
    if (news) this.#onFlow();
  }
}

/** When the last frame of a receiver was played, on a clock of its own; 0: none was. */
function lastFrame(receiver: RTCRtpReceiver): number {
  return Math.max(0, ...receiver.getSynchronizationSources().map((source) => source.timestamp));
}
