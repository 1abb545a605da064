import type { SourceFrame } from './pairing';

/** How long a frame may be waited for whose packets are sent again, in milliseconds. */
export const HOLD = 150;
/** So long after a late frame others are expected to be late, in milliseconds. */
export const LOSSY = 30_000;
/** So many time stamps are remembered. */
const MEMORY = 512;
/** What is this much farther from the last frame than usual has probably one before it. */
const GAP = 1.6;

export interface Ordered {
  readonly ready: readonly SourceFrame[];
  /** A frame came too late: those that are sent on from now on miss it. */
  readonly broken: boolean;
}

interface Stamped {
  readonly frame: SourceFrame;
  readonly stamp: number;
}

/**
 * Puts frames into the order in which they are to be decoded.
 *
 * A receiver gives them as they are complete: one whose packets had to be sent again comes after those that need
 * it. Nothing in a frame tells that one is missing before it; but while packets get lost now and then, a gap in
 * the time stamps is reason enough to wait a moment.
 */
export class Order {
  #last: number | null = null;
  #keyStamp = 0;
  /** The usual distance of two time stamps. */
  #step = 0;
  #held: Stamped[] = [];
  #lateAt = Number.NEGATIVE_INFINITY;
  readonly #known = new Set<number>();

  push(frame: SourceFrame, stamp: number): Ordered {
    if (this.#isKnown(stamp)) return { ready: [], broken: false };
    if (frame.key || this.#last === null) {
      // Nothing from before a key frame is needed after it.
      this.#held = [];
      this.#last = stamp;
      if (frame.key) this.#keyStamp = stamp;
      return { ready: [frame], broken: false };
    }
    if (since(this.#last, stamp) < 0) {
      if (since(this.#keyStamp, stamp) < 0) return { ready: [], broken: false };
      this.#lateAt = frame.at;
      this.#held = [];
      return { ready: [], broken: true };
    }
    this.#held.push({ frame, stamp });
    this.#held.sort((one, other) => since(other.stamp, one.stamp));
    return { ready: this.#release(frame.at), broken: false };
  }

  /** Frames come twice when a sender measures the line with packets that it has sent before. */
  #isKnown(stamp: number): boolean {
    if (this.#known.has(stamp)) return true;
    this.#known.add(stamp);
    if (this.#known.size > MEMORY) {
      const [oldest] = this.#known;
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    return false;
  }

  #release(now: number): SourceFrame[] {
    const lossy = now - this.#lateAt < LOSSY;
    const ready: SourceFrame[] = [];
    while (true) {
      const [next] = this.#held;
      if (!next || this.#last === null) return ready;
      const distance = since(this.#last, next.stamp);
      const gap = this.#step > 0 && distance > this.#step * GAP;
      if (lossy && gap && now - next.frame.at < HOLD) return ready;
      this.#held.shift();
      this.#last = next.stamp;
      this.#learn(distance);
      ready.push(next.frame);
    }
  }

  /** Follows a change of the rate, a higher one at once, but not a single gap. */
  #learn(distance: number): void {
    if (distance <= 0) return;
    if (this.#step === 0 || distance < this.#step) this.#step = distance;
    else this.#step += Math.min(distance - this.#step, this.#step) / 8;
  }
}

/** From one time stamp to another; they begin anew after 2³². */
export function since(from: number, to: number): number {
  return (to - from) | 0;
}
