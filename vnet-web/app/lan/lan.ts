import type { Conference } from '../conference/conference';
import { makeCode } from './code';
import type { StreamFigures } from './figures';
import { GuestLink, type Received } from './guest-link';
import { HostLink, type Offered } from './host-link';
import type { SharedStream } from './messages';
import { offeredOf, sameOffers } from './offered';
import type { LinkOptions, LinkState } from './pair-link';
import { roomAddress } from './signalling';

/** How often figures are read, in milliseconds. */
const READ = 1_000;
/** How many codes are tried that others use. */
const CODES = 5;

export type LanState =
  | { readonly kind: 'idle' }
  | {
      readonly kind: 'sharing';
      readonly code: string;
      readonly link: LinkState;
      readonly sent: readonly Offered[];
    }
  | {
      readonly kind: 'receiving';
      readonly code: string;
      readonly link: LinkState;
      readonly received: readonly Received[];
    };

export interface LanSettings {
  /** The address of the pair protocol, to which a code is added. */
  readonly server: string;
  readonly iceServers?: RTCIceServer[];
}

export type LanTools = Pick<LinkOptions, 'openSocket' | 'makeConnection'>;

const NO_FIGURES: ReadonlyMap<string, StreamFigures> = new Map();
const IDLE: LanState = { kind: 'idle' };

/** Sharing with one peer on the same network, for one meeting: either side, or none. Made for `useSyncExternalStore`. */
export class Lan {
  readonly #conference: Conference;
  readonly #settings: LanSettings;
  readonly #tools: LanTools;
  readonly #listeners = new Set<() => void>();
  #state: LanState = IDLE;
  #figures = NO_FIGURES;
  #host: HostLink | null = null;
  #guest: GuestLink | null = null;
  #offered: readonly Offered[] = [];
  #unwatch = () => {};
  #reader: ReturnType<typeof setInterval> | undefined;

  constructor(conference: Conference, settings: LanSettings, tools: LanTools = {}) {
    this.#conference = conference;
    this.#settings = settings;
    this.#tools = tools;
  }

  readonly state = (): LanState => this.#state;
  /** By the keys of what is sent or received. */
  readonly figures = (): ReadonlyMap<string, StreamFigures> => this.#figures;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Shares the meeting with whoever comes with the code. */
  share(codes = CODES): void {
    this.stop();
    const code = makeCode();
    const changed = () => {
      const host = this.#host;
      if (!host) return;
      // Two others are in this room: the code was not free.
      if (host.state.problem === 'taken' && codes > 1) this.share(codes - 1);
      else this.#become({ kind: 'sharing', code, link: host.state, sent: host.sent });
    };
    const host = new HostLink(this.#options(code, changed));
    this.#host = host;
    this.#offered = [];
    const look = () => {
      const now = offeredOf(this.#conference.snapshot());
      if (sameOffers(now, this.#offered)) return;
      this.#offered = now;
      host.share(now);
    };
    this.#begin(look);
    changed();
  }

  /** Receives what the peer with this code shares. */
  receive(code: string): void {
    this.stop();
    const changed = () => {
      const guest = this.#guest;
      if (guest) this.#become({ kind: 'receiving', code, link: guest.state, received: guest.received });
    };
    const isOwn = ({ participant, name }: SharedStream) => {
      const { self } = this.#conference.snapshot();
      // Names may be shared by several people, and numbers by several meetings; the original tells names only.
      return name === self?.name && (participant === undefined || participant === self.id);
    };
    this.#guest = new GuestLink({ ...this.#options(code, changed), isOwn });
    this.#begin(() => {});
    changed();
  }

  /** Ends sharing or receiving. */
  stop(): void {
    this.#unwatch();
    this.#unwatch = () => {};
    clearInterval(this.#reader);
    const links = [this.#host, this.#guest];
    this.#host = this.#guest = null;
    for (const link of links) link?.close();
    this.#figures = NO_FIGURES;
    if (this.#state !== IDLE) this.#become(IDLE);
  }

  #options(code: string, changed: () => void): LinkOptions {
    // Those of the meeting help here, too; they are known as soon as one is in.
    const { server, iceServers = [...(this.#conference.iceServers?.() ?? [])] } = this.#settings;
    return {
      address: roomAddress(server, code, location.href),
      name: this.#conference.snapshot().self?.name ?? '',
      iceServers,
      changed,
      ...this.#tools,
    };
  }

  /** Goes on until the meeting ends. */
  #begin(look: () => void): void {
    this.#unwatch = this.#conference.subscribe(() => {
      if (this.#conference.snapshot().state.kind === 'left') this.stop();
      else look();
    });
    look();
    this.#reader = setInterval(() => void this.#read(), READ);
  }

  async #read(): Promise<void> {
    const link = this.#host ?? this.#guest;
    const figures = await link?.figures().catch(() => NO_FIGURES);
    if (!figures || link !== (this.#host ?? this.#guest)) return;
    if (figures.size === 0 && this.#figures.size === 0) return;
    this.#figures = figures;
    this.#tell();
  }

  #become(state: LanState): void {
    this.#state = state;
    this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
