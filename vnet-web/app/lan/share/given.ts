/** One look serves all children, in milliseconds. */
const FRESH = 150;
/** So long nothing may be counted before the figures are asked, in milliseconds: counts come in lots. */
const QUIET = 500;

interface Report {
  readonly type: string;
  readonly framesReceived?: number;
  readonly framesDecoded?: number;
}

/**
 * How many frames one receiver has given, for all that send them on.
 *
 * Those who copy its frames count them. Only when they count none the figures of its connection are asked, which costs
 * the browser far more: perhaps frames come and do not get there.
 */
class Given {
  #frames = 0;
  #counted = 0;
  #countedAt = Number.NEGATIVE_INFINITY;
  /** What the figures said, since nothing was counted. */
  #received: number | null = null;
  #look: { readonly at: number; readonly over: Promise<void> } | null = null;

  async frames(receiver: RTCRtpReceiver, counted: number): Promise<number> {
    const now = performance.now();
    if (counted !== this.#counted) {
      this.#frames += Math.max(counted - this.#counted, 0);
      this.#counted = counted;
      this.#countedAt = now;
      this.#received = null;
    }
    if (now - this.#countedAt < QUIET) return this.#frames;
    if (!this.#look || now - this.#look.at >= FRESH) this.#look = { at: now, over: this.#ask(receiver) };
    await this.#look.over;
    return this.#frames;
  }

  async #ask(receiver: RTCRtpReceiver): Promise<void> {
    const counted = this.#counted;
    const received = await receivedBy(receiver).catch(() => null);
    if (received === null || counted !== this.#counted) return;
    this.#frames += Math.max(received - (this.#received ?? received), 0);
    this.#received = received;
  }
}

async function receivedBy(receiver: RTCRtpReceiver): Promise<number | null> {
  let frames: number | null = null;
  (await receiver.getStats()).forEach(({ type, framesReceived, framesDecoded }: Report) => {
    if (type === 'inbound-rtp') frames = framesReceived ?? framesDecoded ?? null;
  });
  return frames;
}

const all = new WeakMap<RTCRtpReceiver, Given>();

/** @param counted frames of it that were copied so far */
export function givenBy(receiver: RTCRtpReceiver, counted: number): Promise<number> {
  const given = all.get(receiver) ?? new Given();
  all.set(receiver, given);
  return given.frames(receiver, counted);
}
