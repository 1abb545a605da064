import { CARRIER_SIZE } from './messages';

/** Gives carriers their pictures, one for each frame that is to go out. */
export class Painter {
  readonly #ask: (carrier: number) => void;
  readonly #writers = new Map<number, WritableStreamDefaultWriter<VideoFrame>>();
  #pictures: readonly Uint8Array[] | null = null;
  #painted = 0;

  /** `ask`: somebody else has to paint for this carrier. */
  constructor(ask: (carrier: number) => void) {
    this.#ask = ask;
  }

  into(carrier: number, stream: WritableStream<VideoFrame>): void {
    this.#writers.set(carrier, stream.getWriter());
  }

  paint(carrier: number): void {
    const writer = this.#writers.get(carrier);
    if (!writer) {
      this.#ask(carrier);
      return;
    }
    // A track that has ended takes no more.
    writer.write(this.#picture()).catch(() => {});
  }

  stop(carrier: number): void {
    this.#writers
      .get(carrier)
      ?.close()
      .catch(() => {});
    this.#writers.delete(carrier);
  }

  /** Two greys in turn: an encoder may leave out a picture that is like the last. */
  #picture(): VideoFrame {
    this.#pictures ??= [96, 160].map((grey) =>
      new Uint8Array((CARRIER_SIZE * CARRIER_SIZE * 3) / 2).fill(grey),
    );
    this.#painted += 1;
    const data = this.#pictures[this.#painted % this.#pictures.length];
    return new VideoFrame(data ?? new Uint8Array(0), {
      format: 'I420',
      codedWidth: CARRIER_SIZE,
      codedHeight: CARRIER_SIZE,
      timestamp: Math.round(performance.now() * 1000),
    });
  }
}
