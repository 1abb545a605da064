import { BEAT, isPicture, type Listed } from './channel';
import type { LanStream } from './types';

/** Nothing comes for so long: it stands still, in milliseconds. */
export const STILL = 400;
/** A parent that has not been heard for so long may be gone, in milliseconds: one beat may be lost, and the next late. */
const SILENT = 3 * BEAT;
/** Slow sources may take so many times their own pace. */
const PACES = 4;
/** No source is believed to be slower than that, in milliseconds a frame. */
const SLOWEST = 1_000;
/** What the parent says of a source may be so old, in milliseconds. */
const STALE = 600;
/** So long it must go well again before it is shown, in milliseconds. */
const HEALTHY = 1_000;
/** So long the first frame may take before the parent is told, in milliseconds. */
export const VERIFY = 3_000;

/** What is known at one look. */
export interface Look {
  readonly now: number;
  /** Frames decoded so far in this section. */
  readonly decoded: number;
  /** Frames that the source gave, as the last beat said; `null`: not told. */
  readonly given: number | null;
  /** When the last beat came. */
  readonly beatAt: number;
}

/** One picture or voice that comes, and whether it does. */
export class Incoming {
  readonly transceiver: RTCRtpTransceiver;
  listed: Listed;
  state: LanStream['state'] = 'starting';
  #since: number | null = null;
  #decoded: number | null = null;
  #given: number | null = null;
  /** When the source was heard to have given another frame. */
  #givenAt = 0;
  /** When the last frame was decoded. */
  #at = 0;
  #pace = STILL / PACES;
  #healthySince: number | null = null;
  /** What the parent was told of this sequence. */
  #told: boolean | null = null;

  constructor(listed: Listed, transceiver: RTCRtpTransceiver) {
    this.listed = listed;
    this.transceiver = transceiver;
  }

  /** When the last frame was decoded. */
  get frameAt(): number {
    return this.#at;
  }

  /** Something else plays here from now on, or comes in another way. */
  restart(listed: Listed): void {
    this.listed = listed;
    this.state = 'starting';
    this.#since = this.#decoded = this.#given = this.#healthySince = null;
    this.#told = null;
  }

  /** Looks how it goes; returns what the parent has to know: whether it is decoded. */
  look(look: Look): boolean | null {
    if (!isPicture(this.listed.source)) {
      // Silence is not always sent.
      this.state = look.now - look.beatAt > STILL * 2 ? 'stalled' : 'playing';
      return null;
    }
    if (this.#since === null || this.#decoded === null) {
      this.#since = this.#at = look.now;
      this.#decoded = look.decoded;
      this.#given = look.given;
      return null;
    }
    const comes = this.#frames(look);
    if (look.given !== this.#given) this.#givenAt = look.now;
    this.#given = look.given;
    if (this.state === 'starting') return this.#verify(look.now, comes, this.#since);
    this.#judge(look, comes);
    // What was good once and is not any more may come the other way, if there is anything.
    return this.state === 'stalled' && this.#isGiven && look.now - this.#at > VERIFY
      ? this.#tell(false)
      : null;
  }

  /** Nothing comes any more, whatever the figures say. */
  stall(): void {
    if (this.state === 'playing') this.state = 'stalled';
    this.#healthySince = null;
  }

  /** The source gives frames that are not decoded here. */
  get #isGiven(): boolean {
    return this.#givenAt > this.#at + STALE;
  }

  #frames({ now, decoded }: Look): boolean {
    const frames = decoded - (this.#decoded ?? decoded);
    if (frames <= 0) return false;
    const pace = Math.min((now - this.#at) / frames, SLOWEST);
    this.#pace += (pace - this.#pace) * 0.3;
    this.#decoded = decoded;
    this.#at = now;
    return true;
  }

  #verify(now: number, comes: boolean, since: number): boolean | null {
    if (comes) {
      this.state = 'playing';
      this.#pace = STILL / PACES;
      return this.#tell(true);
    }
    // Without anything to decode another way is of no use, unless the source does not say what it gives.
    return now - since > (this.#isGiven ? VERIFY : VERIFY * 2) ? this.#tell(false) : null;
  }

  #judge({ now, beatAt }: Look, comes: boolean): void {
    const still = now - this.#at;
    const beats = now - beatAt < SILENT;
    // A screen on which nothing moves has nothing to be decoded; a camera always has.
    const isIdle = this.listed.source === 'screen' && !this.#isGiven;
    const patience = Math.max(STILL, this.#pace * PACES);
    const isStill = beats ? !isIdle && still > patience : still > STILL;
    if (isStill) {
      this.stall();
    } else if (this.state === 'stalled' && (comes || this.#healthySince !== null)) {
      this.#healthySince ??= now;
      if (now - this.#healthySince >= HEALTHY) this.state = 'playing';
    }
  }

  /** Once for each answer. */
  #tell(ok: boolean): boolean | null {
    if (this.#told === ok) return null;
    this.#told = ok;
    return ok;
  }
}
