/** A frame of the source, shared by all that send it on: nobody writes into it. */
export interface SourceFrame {
  readonly data: ArrayBuffer;
  readonly key: boolean;
  /** When it came, in milliseconds. */
  readonly at: number;
  /** When it was taken, in microseconds of a clock that runs like the camera's. */
  readonly time: number;
}

export interface PairingEvents<Frame> {
  /** `frame` is to leave with the payload of `source`. */
  write(frame: Frame, source: SourceFrame): void;
  /**
   * One more picture is to be given to the carrier's encoder, taken at this time: the receiver shows pictures in the
   * rhythm in which they were taken, and not in that in which they came here.
   */
  askPicture(time: number): void;
  /** The source is to be asked for a key frame. */
  askKey(): void;
  /** `look` is to be called after so many milliseconds. */
  wake(after: number): void;
}

/** Older frames do not wait any longer, in milliseconds. */
export const MAX_WAIT = 400;
/** Of a waiting frame it is now believed that the encoder has left out its picture, in milliseconds. */
const LOST = 80;
/** After so many frames that found another one waiting, a picture seems to be missing for good. */
const BEHIND = 4;
/** Then another is asked for a little after the regular one, for pictures at once may become one, in milliseconds. */
const APART = 16;
/** Within this time of a key frame another request for one is the same request, in milliseconds. */
const SAME_REQUEST = 300;
/** So many frames without one of the other kind: something is wrong. */
const MOST = 30;

/**
 * Finds for each frame of a source the frame of the carrier that it travels in.
 *
 * The receiver counts the carrier's frames, and stops at a gap until a key frame comes. So none is left out
 * while frames flow: a carrier frame that comes too early waits for the next of the source.
 */
export class Pairing<Frame> {
  readonly #events: PairingEvents<Frame>;
  /** `idle`: the carrier's encoder does not run yet; `waiting`: for a key frame of the source. */
  #state: 'idle' | 'waiting' | 'open' = 'idle';
  #sources: SourceFrame[] = [];
  #frames: Frame[] = [];
  #keyAt = Number.NEGATIVE_INFINITY;
  #behind = 0;
  /** How many calls of `look` are to come. */
  #wakes = 0;

  constructor(events: PairingEvents<Frame>) {
    this.#events = events;
  }

  /** A frame of the source has come. */
  source(source: SourceFrame, now = source.at): void {
    if (this.#state === 'idle') {
      this.#events.askPicture(source.time);
      return;
    }
    if (source.key) {
      // Nothing before a key frame is needed after it.
      if (this.#state === 'waiting' || this.#sources.length > 2) this.#sources = [];
      this.#state = 'open';
    }
    if (this.#state === 'waiting') {
      this.#events.askKey();
      this.#events.askPicture(source.time);
      return;
    }
    this.#behind = this.#sources.length > 0 ? this.#behind + 1 : 0;
    this.#sources.push(source);
    const early = this.#frames.length > 0;
    this.#pair(now);
    if (!early) this.#events.askPicture(source.time);
    this.#bound(now);
    if (this.#behind === BEHIND) this.#wake(APART);
    else if (this.#wakes === 0) this.#wake(LOST);
  }

  /** A frame of the carrier has come, a key frame when the receiver asked for one. */
  carrier(frame: Frame, key: boolean, now: number): void {
    if (this.#state === 'idle') {
      this.#state = 'waiting';
      this.#events.askKey();
    }
    if (this.#state === 'waiting') {
      // A gap before a key frame does no harm; the newest has the best time stamp.
      this.#frames = [frame];
      return;
    }
    if (key && now - this.#keyAt > SAME_REQUEST) this.#events.askKey();
    this.#frames.push(frame);
    this.#pair(now);
    if (this.#frames.length > MOST) this.interrupt();
  }

  /** Frames of the source are missing: nothing more until the next key frame. */
  interrupt(): void {
    if (this.#state !== 'open') return;
    this.#state = 'waiting';
    this.#sources = [];
    this.#frames = this.#frames.slice(-1);
    this.#events.askKey();
  }

  #pair(now: number): void {
    while (true) {
      const [source] = this.#sources;
      const [frame] = this.#frames;
      if (!source || frame === undefined) return;
      this.#sources.shift();
      this.#frames.shift();
      if (source.key) this.#keyAt = now;
      this.#events.write(frame, source);
    }
  }

  /** Sees to frames that wait while no others come. */
  look(now: number): void {
    this.#wakes -= 1;
    this.#bound(now);
    const [oldest] = this.#sources;
    if (oldest && (this.#behind >= BEHIND || now - oldest.at >= LOST)) {
      this.#behind = 0;
      this.#events.askPicture(oldest.time);
    }
    if (this.#wakes === 0) this.#wake(LOST);
  }

  #wake(after: number): void {
    if (this.#sources.length === 0) return;
    this.#wakes += 1;
    this.#events.wake(after);
  }

  #bound(now: number): void {
    const [oldest] = this.#sources;
    if (!oldest) return;
    const age = now - oldest.at;
    if (age > MAX_WAIT || this.#sources.length > MOST) this.interrupt();
  }
}
