import { limitTo } from './limit';
import { Link } from './link';
import type { Figures } from './messages';
import { newPictures, type Pictures } from './pictures';
import { encodedSupport } from './support';

/** One m-line to one child: a track of tiny pictures, in whose frames those of the source travel. */
export interface Carrier {
  /** The track to send in place of the source's. */
  readonly track: MediaStreamTrack;
  /** From now on `sender`, which sends (or will send) `track`, sends the source's frames. */
  attach(sender: RTCRtpSender): void;
  /** The sender sends what its track gives from now on: resolves when that may be another track. */
  passThrough(): Promise<void>;
  /** Milliseconds between the arrival of a frame and its way out, of late. */
  readonly lag: number;
  /** Milliseconds of computing that went into this carrier so far. */
  readonly cpuMs: number;
  /** Frames that the source has given so far, as far as it is known: some at a time. */
  readonly given: number;
  /** The m-line speaks another codec, or was not made with `preferEncoded`: it needs a real track. */
  readonly unfit: boolean;
  /** Ends the track; an attached sender passes through again. */
  stop(): void;
}

/**
 * What the line may carry, in bits per second. The sender believes to send pictures of a few pixels, and would
 * send the frames that are put in their place no faster than such pictures need.
 */
const MOST_BITS = 8_000_000;

const taps = new WeakMap<RTCRtpReceiver, EncodedTap>();

/** The tap of a receiver: there is one, kept for the receiver's life. */
export function tapOf(receiver: RTCRtpReceiver): EncodedTap {
  return taps.get(receiver) ?? new EncodedTap(receiver);
}

/**
 * Lets `tapOf` work later. To be called in the task in which the receiver comes into being (`addTransceiver`, or
 * the `track` event): an engine decides right after it for good whether frames may be looked at.
 */
export function keepTappable(receiver: RTCRtpReceiver): void {
  if (encodedSupport().codecs.length > 0) tapOf(receiver);
}

/** The compressed frames of one receiver, for any number of carriers. */
export class EncodedTap {
  readonly #link = Link.get();
  readonly #tap = this.#link.number();
  readonly #carriers = new Set<Carried>();

  constructor(receiver: RTCRtpReceiver) {
    this.#link.lead(receiver, { tap: this.#tap });
    taps.set(receiver, this);
  }

  carrier(): Carrier {
    const carried = new Carried(this.#link, this.#tap, () => this.#carriers.delete(carried));
    this.#carriers.add(carried);
    return carried;
  }

  /** Stops all carriers. The receiver keeps its transform, which copies nothing then: `carrier` works again. */
  close(): void {
    for (const carried of [...this.#carriers]) carried.stop();
  }
}

class Carried implements Carrier {
  readonly #link: Link;
  readonly #tap: number;
  readonly #number: number;
  readonly #pictures: Pictures;
  readonly #stopped: () => void;
  #sender: RTCRtpSender | null = null;
  #limited: Promise<number | undefined> = Promise.resolve(undefined);
  #figures: Figures = { lag: 0, cpuMs: 0, unfit: false };

  constructor(link: Link, tap: number, stopped: () => void) {
    this.#link = link;
    this.#tap = tap;
    this.#number = link.number();
    this.#stopped = stopped;
    this.#pictures = newPictures();
    const { into } = this.#pictures;
    if (into) link.order({ type: 'pictures', carrier: this.#number, into }, [into]);
    link.listen(this.#number, {
      picture: () => this.#pictures.paint(),
      figures: (figures) => {
        this.#figures = figures;
      },
    });
  }

  get track(): MediaStreamTrack {
    return this.#pictures.track;
  }

  get lag(): number {
    return this.#figures.lag;
  }

  get cpuMs(): number {
    return this.#figures.cpuMs;
  }

  get given(): number {
    return this.#link.given(this.#tap);
  }

  get unfit(): boolean {
    return this.#figures.unfit;
  }

  attach(sender: RTCRtpSender): void {
    const lane = this.#link.lane(sender);
    if (lane === undefined) {
      this.#figures = { ...this.#figures, unfit: true };
      return;
    }
    this.#sender = sender;
    this.#link.order({ type: 'feed', lane, tap: this.#tap, carrier: this.#number });
    this.#limited = limitTo(sender, MOST_BITS);
  }

  async passThrough(): Promise<void> {
    const sender = this.#sender;
    if (!sender) return;
    this.#sender = null;
    const lane = this.#link.lane(sender);
    if (lane !== undefined) await this.#link.pass(lane);
    await limitTo(sender, await this.#limited);
  }

  stop(): void {
    void this.passThrough();
    this.#link.stop(this.#number);
    this.track.stop();
    this.#stopped();
  }
}
