import { flow } from './flow';
import { CARRIER_SIZE, type Figures, type Told } from './messages';
import type { Painter } from './painter';
import { Pairing, type SourceFrame } from './pairing';
import type { Source } from './source';
import { described } from './tap-end';
import { keyFrameSize } from './vp8';
import type { Transformer } from './worker';

/** Between two reports of figures, in milliseconds. */
const REPORT_EVERY = 500;
/** How much a new lag counts in the mean. */
const WEIGHT = 0.1;

/** Lets a frame go on. */
type Out = (frame: RTCEncodedVideoFrame) => void;

/** What feeds a lane. */
interface Feed {
  readonly source: Source;
  readonly carrier: number;
  readonly pairing: Pairing<RTCEncodedVideoFrame>;
  /** What the source had cost before. */
  readonly spent: number;
}

/** The sender's side: its frames go out as they are, or with the contents of a source's. */
export class LaneEnd {
  readonly #painter: Painter;
  readonly #tell: (told: Told) => void;
  #feed: Feed | null = null;
  #out: Out | null = null;
  /** The encoder compresses pictures of a carrier at present, and not those of a real track. */
  #ofCarrier = false;
  /** The codec's name as in SDP, in lower case, as far as it is known. */
  #mimeType: string | null = null;
  #figures: Figures = { lag: 0, cpuMs: 0, unfit: false };
  #reportedAt = Number.NEGATIVE_INFINITY;

  constructor(painter: Painter, tell: (told: Told) => void) {
    this.#painter = painter;
    this.#tell = tell;
  }

  run(transformer: Transformer): void {
    // Ends with the sender.
    void flow(transformer, (frame, out) => {
      this.#out = out;
      this.#frame(frame, out);
    });
  }

  feed(source: Source, carrier: number): void {
    this.#leave();
    this.#figures = { lag: 0, cpuMs: 0, unfit: false };
    const pairing: Pairing<RTCEncodedVideoFrame> = new Pairing({
      write: (frame, from) => this.#write(frame, from),
      askPicture: (time) => this.#painter.paint(carrier, time),
      askKey: () => source.askKey(performance.now()),
      wake: (after) => {
        setTimeout(() => pairing.look(performance.now()), after);
      },
    });
    source.add(pairing);
    this.#feed = { source, carrier, pairing, spent: source.cpuMs };
    // The encoder starts with the first picture, the way out with the first key frame.
    this.#painter.paint(carrier, performance.now() * 1_000);
  }

  pass(): void {
    this.#leave();
  }

  #leave(): void {
    this.#feed?.source.delete(this.#feed.pairing);
    this.#feed = null;
  }

  #frame(frame: RTCEncodedVideoFrame, out: Out): void {
    const begun = performance.now();
    if (frame.type === 'key') this.#notice(frame);
    if (!this.#ofCarrier) {
      out(frame);
      return;
    }
    const feed = this.#feed;
    // Pictures of a carrier are not for anybody's eyes.
    if (!feed) return;
    const { mimeType } = feed.source;
    const unfit = mimeType !== null && this.#mimeType !== null && mimeType !== this.#mimeType;
    if (unfit !== this.#figures.unfit) this.#report({ ...this.#figures, unfit });
    if (!unfit) feed.pairing.carrier(frame, frame.type === 'key', begun);
  }

  /** A change of tracks arrives here some frames after it was made, and always with a key frame. */
  #notice(frame: RTCEncodedVideoFrame): void {
    const size = keyFrameSize(frame.data);
    this.#mimeType = described(frame).mimeType;
    this.#ofCarrier = size?.width === CARRIER_SIZE && size.height === CARRIER_SIZE;
  }

  #write(frame: RTCEncodedVideoFrame, source: SourceFrame): void {
    const begun = performance.now();
    // What is given to a frame leaves with it, and others need it, too.
    frame.data = source.data.slice(0);
    this.#out?.(frame);
    const now = performance.now();
    const { lag, cpuMs, unfit } = this.#figures;
    this.#figures = { lag: lag + (now - source.at - lag) * WEIGHT, cpuMs: cpuMs + now - begun, unfit };
    if (now - this.#reportedAt > REPORT_EVERY) this.#report(this.#figures);
  }

  #report(figures: Figures): void {
    if (!this.#feed) return;
    this.#figures = figures;
    this.#reportedAt = performance.now();
    const { carrier, source, spent } = this.#feed;
    const cpuMs = figures.cpuMs + source.cpuMs - spent;
    this.#tell({ type: 'figures', carrier, figures: { ...figures, cpuMs } });
  }
}
