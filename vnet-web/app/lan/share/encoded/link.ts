import type { End, Figures, Order, Told } from './messages';

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
  readonly #passing = new Map<number, (() => void)[]>();
  readonly #lanes = new WeakMap<RTCRtpSender, number>();
  #count = 0;

  constructor() {
    this.#worker.addEventListener('message', ({ data }: MessageEvent<Told>) => this.#heard(data));
  }

  number(): number {
    this.#count += 1;
    return this.#count;
  }

  listen(carrier: number, listener: Listener): void {
    this.#listeners.set(carrier, listener);
  }

  /** The lane of a sender, whose transform is set once and for all. */
  lane(sender: RTCRtpSender): number {
    const known = this.#lanes.get(sender);
    if (known !== undefined) return known;
    const lane = this.number();
    this.#lanes.set(sender, lane);
    sender.transform = this.transform({ lane });
    return lane;
  }

  transform(end: End): RTCRtpScriptTransform {
    return new RTCRtpScriptTransform(this.#worker, end);
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

  #heard(told: Told): void {
    switch (told.type) {
      case 'picture':
        this.#listeners.get(told.carrier)?.picture();
        break;
      case 'figures':
        this.#listeners.get(told.carrier)?.figures(told.figures);
        break;
      case 'passes':
        this.#passing.get(told.lane)?.shift()?.();
        break;
    }
  }
}
