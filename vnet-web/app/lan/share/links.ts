import type { StreamFigures } from '../figures';
import type { MakeConnection } from '../peer';
import { BEAT } from './channel';
import { startClock } from './clock';
import { Costs } from './cost';
import type { Evidence } from './diagnose';
import { DownLink } from './down-link';
import type { Outgoing } from './outgoing';
import type { Encoding } from './section';
import type { ShareCost } from './types';
import { type Arrived, UpLink } from './up-link';
import type { Member, RelinkReason } from './wire';

/** Beats between two reckonings of what sending costs. */
const RECKON = 6;

export interface LinksOptions {
  readonly iceServers: RTCIceServer[];
  readonly makeConnection: MakeConnection;
  readonly encoding: Encoding;
  /** What is shared; `null`: what comes from the parent. */
  readonly outgoing: readonly Outgoing[] | null;
  /** Whether voices are wanted here. */
  readonly audio: boolean;
  /** Children at most. */
  readonly children: number;
  readonly signal: (to: number, link: number, data: unknown) => void;
  readonly relink: (link: number, reason: RelinkReason, evidence: Evidence) => void;
  /** What is received, or how, or what sending costs. */
  readonly changed: () => void;
  readonly capacity: (children: number) => void;
}

interface Up {
  readonly parent: number;
  readonly link: number;
  readonly up: UpLink;
}

interface Down {
  readonly link: number;
  readonly down: DownLink;
}

/** The links of one device in a share: to its parent, and to its children. */
export class Links {
  readonly #options: LinksOptions;
  readonly #costs: Costs;
  readonly #downs = new Map<number, Down>();
  #outgoing: readonly Outgoing[];
  #up: Up | null = null;
  #stopClock: (() => void) | null = null;
  #beats = 0;

  constructor(options: LinksOptions) {
    this.#options = options;
    this.#outgoing = options.outgoing ?? [];
    this.#costs = new Costs(options.children);
  }

  get arrived(): readonly Arrived[] {
    return this.#up?.up.arrived ?? [];
  }

  get connected(): boolean {
    return this.#up?.up.connected ?? false;
  }

  /** The number of the link to the parent. */
  get link(): number | null {
    return this.#up?.link ?? null;
  }

  get cost(): ShareCost | null {
    return this.#costs.cost(this.#downs.size);
  }

  async figures(): Promise<ReadonlyMap<string, StreamFigures>> {
    return (await this.#up?.up.figures()) ?? new Map();
  }

  /** Brings the links in line with who is whose child. */
  look(members: readonly Member[], self: number): void {
    const own = members.find(({ device }) => device === self);
    const parent = own?.parent ?? null;
    const link = own?.link ?? null;
    if (this.#up?.link !== link || this.#up?.parent !== parent) this.#attach(parent, link);
    const children = members.filter((one) => one.parent === self && typeof one.link === 'number');
    const links = new Map(children.map((one) => [one.device, one]));
    for (const [device, { link: known, down }] of this.#downs) {
      if (links.get(device)?.link === known) continue;
      down.close();
      this.#downs.delete(device);
    }
    for (const child of links.values()) if (!this.#downs.has(child.device)) this.#adopt(child);
    this.#listen();
    this.#tick();
    this.#options.changed();
  }

  /** Shares exactly this from now on. */
  share(outgoing: readonly Outgoing[]): void {
    this.#outgoing = outgoing;
    for (const { down } of this.#downs.values()) down.share(outgoing);
  }

  hear(from: number, link: number, data: unknown): void {
    if (this.#up?.parent === from && this.#up.link === link) this.#up.up.hear(data);
    const down = this.#downs.get(from);
    if (down?.link === link) down.down.hear(data);
  }

  close(): void {
    this.#stopClock?.();
    this.#stopClock = null;
    this.#up?.up.close();
    this.#up = null;
    for (const { down } of this.#downs.values()) down.close();
    this.#downs.clear();
  }

  #attach(parent: number | null, link: number | null): void {
    this.#up?.up.close();
    this.#up = null;
    if (parent === null || link === null) return;
    const { iceServers, makeConnection, encoding, signal, relink } = this.#options;
    const up: UpLink = new UpLink({
      iceServers,
      makeConnection,
      keep: encoding.keep,
      say: (data) => signal(parent, link, data),
      changed: () => {
        if (this.#up?.up === up) this.#arrivedElse();
      },
      failed: (reason) => relink(link, reason, up.evidence()),
    });
    this.#up = { parent, link, up };
    this.#arrivedElse();
  }

  #adopt({ device, link, encoded }: Member): void {
    if (typeof link !== 'number') return;
    const { iceServers, makeConnection, encoding, signal } = this.#options;
    const down = new DownLink({
      iceServers,
      makeConnection,
      encoding,
      childEncoded: encoded,
      say: (data) => signal(device, link, data),
      audioChanged: () => this.#listen(),
    });
    this.#downs.set(device, { link, down });
    down.share(this.#outgoing);
  }

  /** Voices come if somebody here or further down wants them. */
  #listen(): void {
    const wanted = [...this.#downs.values()].some(({ down }) => down.wantsAudio);
    this.#up?.up.wantAudio(this.#options.audio || wanted);
  }

  /** What came is another: children get what plays. */
  #arrivedElse(): void {
    this.#listen();
    if (this.#options.outgoing === null) {
      this.share(
        this.arrived
          .filter(({ state }) => state === 'playing')
          .map(({ key, name, participant, source, receiver }) => {
            return { key, name, participant, source, receiver, track: receiver.track };
          }),
      );
    }
    this.#options.changed();
  }

  /** The clock runs while there is somebody to hear it. */
  #tick(): void {
    const has = this.#downs.size > 0;
    if (has === (this.#stopClock !== null)) return;
    this.#stopClock?.();
    this.#stopClock = has ? startClock(BEAT, () => void this.#beat()) : null;
  }

  async #beat(): Promise<void> {
    this.#beats += 1;
    const now = this.#beats;
    const downs = [...this.#downs.values()];
    for (const { down } of downs) down.beat();
    const whole = now % RECKON === 0;
    const measures = await Promise.all(
      downs.map(async ({ link, down }) => ({ link, sections: await down.measure(whole).catch(() => []) })),
    );
    if (!whole || this.#downs.size === 0) return;
    // Who shares shares with somebody; who passes on may leave it to others.
    const least = this.#options.outgoing === null ? 0 : 1;
    if (this.#costs.take(measures, least, performance.now())) this.#options.capacity(this.#costs.capacity);
    this.#options.changed();
  }
}
