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
/** A picture that has not come out of the encoder after so many milliseconds is believed to be lost. */
export const LOST = 80;
/** Within this time of a key frame another request for one is the same request, in milliseconds. */
const SAME_REQUEST = 300;
/** So many frames without one of the other kind: something is wrong. */
const MOST = 30;

/**
 * Finds for each frame of a source the frame of the carrier that it travels in.
 *
 * The receiver counts the carrier's frames, and stops at a gap until a key frame comes. So none is left out
 * while frames flow: a carrier frame that comes too early waits for the next of the source.
 *
 * While frames flow, one picture is under way at a time: frames of the source often come two at once, and of two
 * pictures at once an encoder takes only the later one.
 */
export class Pairing<Frame> {
  readonly #events: PairingEvents<Frame>;
  /** `idle`: the carrier's encoder does not run yet; `waiting`: for a key frame of the source. */
  #state: 'idle' | 'waiting' | 'open' = 'idle';
  #sources: SourceFrame[] = [];
  #frames: Frame[] = [];
  #keyAt = Number.NEGATIVE_INFINITY;
  /** When the picture was asked for that is under way, in milliseconds. */
  #askedAt: number | null = null;
  /** A call of `look` is to come. */
  #wakes = false;

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
    this.#sources.push(source);
    this.#bound(now);
    this.#pair(now);
  }

  /** A frame of the carrier has come, a key frame when the receiver asked for one. */
  carrier(frame: Frame, key: boolean, now: number): void {
    this.#askedAt = null;
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
      if (!source) return;
      if (frame === undefined) {
        this.#paint(source, now);
        return;
      }
      this.#sources.shift();
      this.#frames.shift();
      if (source.key) this.#keyAt = now;
      this.#events.write(frame, source);
    }
  }

  /** Asks for the picture of the frame that is next, unless one is under way. */
  #paint(next: SourceFrame, now: number): void {
    if (this.#askedAt === null || now - this.#askedAt >= LOST) {
      this.#askedAt = now;
      this.#events.askPicture(next.time);
    }
    if (this.#wakes) return;
    this.#wakes = true;
    this.#events.wake(LOST);
  }

  /** Sees to frames that wait while no others come. */
  look(now: number): void {
    this.#wakes = false;
    this.#bound(now);
    this.#pair(now);
  }

  #bound(now: number): void {
    const [oldest] = this.#sources;
    if (!oldest) return;
    const age = now - oldest.at;
    if (age > MAX_WAIT || this.#sources.length > MOST) this.interrupt();
  }
}
