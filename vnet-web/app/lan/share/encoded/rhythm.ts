import { since } from './order';

/** Ticks of a video's time stamps in a millisecond (RFC 7741, section 4.1, and all other payloads of video). */
const TICKS = 90;
/** A clock that is so far from this page's is another one, in milliseconds. */
const ASTRAY = 1_000;

/** The times at which pictures were taken, from their time stamps. */
export class Rhythm {
  #stamp = 0;
  #time: number | null = null;

  /** `at`: when it came, in milliseconds. In microseconds of the same clock, as far as the two run alike. */
  timeOf(stamp: number, at: number): number {
    const time = this.#time === null ? at : this.#time + since(this.#stamp, stamp) / TICKS;
    this.#stamp = stamp;
    this.#time = Math.abs(time - at) > ASTRAY ? at : time;
    return this.#time * 1_000;
  }
}
