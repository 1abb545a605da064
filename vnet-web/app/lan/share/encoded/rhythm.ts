import { since } from './order';

/** Ticks of a video's time stamps in a millisecond (RFC 7741, section 4.1, and all other payloads of video). */
const TICKS = 90;
/** A clock that is so far from this page's is another one, in milliseconds. */
const ASTRAY = 1_000;
/**
 * What came later than the quickest by more counts as taken later, in milliseconds: else receivers would wait that long
 * for everything after a moment in which this device was busy.
 */
export const MOST_LATE = 100;
/** For the part of one in so many of its lateness each picture counts as taken later: no two clocks run alike. */
const DRIFT = 500;

/** The times at which pictures were taken, from their time stamps: as if all came as quickly as the quickest. */
export class Rhythm {
  #stamp = 0;
  #time: number | null = null;

  /** `at`: when it came, in milliseconds. In microseconds of the same clock, and never later than it. */
  timeOf(stamp: number, at: number): number {
    const time = this.#time === null ? at : this.#time + since(this.#stamp, stamp) / TICKS;
    const late = at - time;
    this.#stamp = stamp;
    this.#time = late < 0 || late > ASTRAY ? at : time + late / DRIFT;
    return Math.max(this.#time, at - MOST_LATE) * 1_000;
  }
}
