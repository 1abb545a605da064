import type { End, Figures, Order, Told } from './messages';
import { passOn } from './rescue';

/** Either end of a connection through which frames come or go. */
type Side = RTCRtpSender | RTCRtpReceiver;

/** How long the worker may take to come up, in milliseconds. */
const START = 5_000;

/** What a carrier hears of the worker. */
export interface Listener {
  picture(): void;
  figures(figures: Figures): void;
}

/** The page's side of the worker, which starts with the first tap and lives as long as the page. */
export class Link {
  static #only: Link | null = null;

  static get(): Link {
    Link.#only ??= new Link();
    return Link.#only;
  }

  readonly #worker = new Worker(new URL('./worker.ts', import.meta.url), {
    type: 'module',
    name: 'vnet-encoded',
  });
  readonly #listeners = new Map<number, Listener>();
  readonly #given = new Map<number, number>();
  readonly #passing = new Map<number, (() => void)[]>();
  readonly #lanes = new WeakMap<RTCRtpSender, number>();
  #count = 0;
  #state: 'starts' | 'runs' | 'failed' = 'starts';
  /** What is led through the worker before it runs. */
  #early: Side[] = [];

  constructor() {
    this.#worker.addEventListener('message', ({ data }: MessageEvent<Told>) => this.#heard(data));
    this.#worker.addEventListener('error', () => this.#fail());
    setTimeout(() => this.#fail(), START);
  }

  /** The worker could not be loaded: nothing is sent on in this page. */
  get failed(): boolean {
    return this.#state === 'failed';
  }

  number(): number {
    this.#count += 1;
    return this.#count;
  }

  listen(carrier: number, listener: Listener): void {
    this.#listeners.set(carrier, listener);
  }

  /** Frames that a tap has given so far, while they were wanted. */
  given(tap: number): number {
    return this.#given.get(tap) ?? 0;
  }

  /** Leads what a sender sends through the worker, once and for all. */
  open(sender: RTCRtpSender): void {
    if (this.failed || this.#lanes.has(sender)) return;
    const lane = this.number();
    this.#lanes.set(sender, lane);
    this.lead(sender, { lane });
  }

  lane(sender: RTCRtpSender): number | undefined {
    return this.#lanes.get(sender);
  }

  /** Leads the frames of one side through the worker. */
  lead(side: Side, end: End): void {
    side.transform = new RTCRtpScriptTransform(this.#worker, end);
    if (this.#state === 'starts') this.#early.push(side);
  }

  order(order: Order, transfer: Transferable[] = []): void {
    this.#worker.postMessage(order, transfer);
  }

  /** Resolves when the lane passes through. */
  pass(lane: number): Promise<void> {
    return new Promise((done) => {
      this.#passing.set(lane, [...(this.#passing.get(lane) ?? []), done]);
      this.order({ type: 'pass', lane });
    });
  }

  stop(carrier: number): void {
    this.#listeners.delete(carrier);
    this.order({ type: 'stop', carrier });
  }

  #fail(): void {
    if (this.#state !== 'starts') return;
    this.#state = 'failed';
    for (const side of this.#early.splice(0)) passOn(side);
  }

  #heard(told: Told): void {
    switch (told.type) {
      case 'runs':
        if (this.#state === 'starts') this.#state = 'runs';
        this.#early = [];
        break;
      case 'picture':
        this.#listeners.get(told.carrier)?.picture();
        break;
      case 'figures':
        this.#listeners.get(told.carrier)?.figures(told.figures);
        break;
      case 'gave':
        this.#given.set(told.tap, told.frames);
        break;
      case 'passes':
        this.#passing.get(told.lane)?.shift()?.();
        break;
    }
  }
}
