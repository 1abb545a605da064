import { CARRIER_SIZE } from './messages';

/** An encoder leaves out a picture that was not taken later than the last, in microseconds. */
const LATER = 1_000;

/** What takes a carrier's pictures, and when the last was taken. */
interface Carrier {
  readonly writer: WritableStreamDefaultWriter<VideoFrame>;
  time: number;
}

/** Gives carriers their pictures, one for each frame that is to go out. */
export class Painter {
  readonly #ask: (carrier: number) => void;
  readonly #carriers = new Map<number, Carrier>();
  #pictures: readonly Uint8Array[] | null = null;
  #painted = 0;

  /** `ask`: somebody else has to paint for this carrier. */
  constructor(ask: (carrier: number) => void) {
    this.#ask = ask;
  }

  into(carrier: number, stream: WritableStream<VideoFrame>): void {
    this.#carriers.set(carrier, { writer: stream.getWriter(), time: Number.NEGATIVE_INFINITY });
  }

  /** `time`: when it was taken, in microseconds. Whoever else paints can not say so. */
  paint(carrier: number, time: number): void {
    const known = this.#carriers.get(carrier);
    if (!known) {
      this.#ask(carrier);
      return;
    }
    known.time = Math.max(Math.round(time), known.time + LATER);
    // A track that has ended takes no more.
    known.writer.write(this.#picture(known.time)).catch(() => {});
  }

  stop(carrier: number): void {
    this.#carriers
      .get(carrier)
      ?.writer.close()
      .catch(() => {});
    this.#carriers.delete(carrier);
  }

  /** Two greys in turn: an encoder may leave out a picture that is like the last. */
  #picture(timestamp: number): VideoFrame {
    this.#pictures ??= [96, 160].map((grey) =>
      new Uint8Array((CARRIER_SIZE * CARRIER_SIZE * 3) / 2).fill(grey),
    );
    this.#painted += 1;
    // Not `new VideoFrame(other, { timestamp })`: on the way to the encoder such a picture loses its own time.
    const data = this.#pictures[this.#painted % this.#pictures.length];
    return new VideoFrame(data ?? new Uint8Array(0), {
      format: 'I420',
      codedWidth: CARRIER_SIZE,
      codedHeight: CARRIER_SIZE,
      timestamp,
    });
  }
}
