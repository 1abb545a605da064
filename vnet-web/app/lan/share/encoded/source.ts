import { Order } from './order';
import type { Pairing, SourceFrame } from './pairing';
import { Rhythm } from './rhythm';

/** Between two requests for a key frame, in milliseconds. */
const REQUEST_EVERY = 300;
/** Between two times that it is told how many frames have come, in milliseconds. */
const TELL_EVERY = 200;

/** What a tap has given so far, and to whom it goes: any number of lanes. */
export class Source {
  readonly #lanes = new Set<Pairing<RTCEncodedVideoFrame>>();
  #request: (() => void) | null = null;
  #askedAt = Number.NEGATIVE_INFINITY;
  #wanted = false;
  readonly #order = new Order();
  readonly #rhythm = new Rhythm();
  readonly #gave: (frames: number) => void;
  #frames = 0;
  #toldAt = Number.NEGATIVE_INFINITY;
  #cpuMs = 0;
  /** The codec's name as in SDP, in lower case, as far as it is known. */
  mimeType: string | null = null;

  /** @param gave told how many frames have come so far */
  constructor(gave: (frames: number) => void = () => {}) {
    this.#gave = gave;
  }

  get wanted(): boolean {
    return this.#lanes.size > 0;
  }

  /** Milliseconds of computing so far, for each lane. */
  get cpuMs(): number {
    return this.#cpuMs;
  }

  costs(cpuMs: number): void {
    this.#cpuMs += cpuMs / Math.max(1, this.#lanes.size);
  }

  /** The way upstream, once there is one. */
  joined(request: () => void): void {
    this.#request = request;
  }

  add(lane: Pairing<RTCEncodedVideoFrame>): void {
    this.#lanes.add(lane);
  }

  delete(lane: Pairing<RTCEncodedVideoFrame>): void {
    this.#lanes.delete(lane);
  }

  /** A frame has come; `stamp` is its RTP time stamp. */
  frame(frame: Omit<SourceFrame, 'time'>, stamp: number): void {
    const time = this.#rhythm.timeOf(stamp, frame.at);
    const { ready, broken } = this.#order.push({ ...frame, time }, stamp);
    if (ready.some(({ key }) => key)) this.#wanted = false;
    for (const lane of this.#lanes) {
      if (broken) lane.interrupt();
      for (const one of ready) lane.source(one, frame.at);
    }
    if (this.#wanted) this.#ask(frame.at);
    this.#count(frame.at);
  }

  #count(now: number): void {
    this.#frames += 1;
    if (now - this.#toldAt < TELL_EVERY) return;
    this.#toldAt = now;
    this.#gave(this.#frames);
  }

  /** Somebody needs a key frame; it is asked for again until it comes. */
  askKey(now: number): void {
    this.#wanted = true;
    this.#ask(now);
  }

  #ask(now: number): void {
    if (!this.#request || now - this.#askedAt < REQUEST_EVERY) return;
    this.#askedAt = now;
    this.#request();
  }
}
