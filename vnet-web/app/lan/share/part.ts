import type { Conference } from '../../conference/conference';
import type { StreamFigures } from '../figures';
import { isPicture } from './channel';
import { IDLE } from './idle';
import { Links, type LinksOptions } from './links';
import { type Outgoing, outgoingOf, sameOutgoing } from './outgoing';
import { membersOf, sameItems, wayOf } from './people';
import { participantOf, type Saved } from './saved';
import type { ShareStore } from './store';
import type { LanStream } from './types';
import type { Member, Report } from './wire';

/** How often figures are read, in milliseconds, and after how many readings they are reported. */
const READ = 1_000;
const REPORT = 5;

export interface PartOptions {
  readonly conference: Conference | null;
  /** One's own number. */
  readonly device: number;
  /** Whether one is the sharer. */
  readonly shares: boolean;
  readonly store: ShareStore;
  readonly saved: Saved;
  readonly links: Omit<LinksOptions, 'outgoing' | 'changed'>;
  /** Tells the server what arrives. */
  readonly report: (report: Report) => void;
}

/** One's part in one share, from being admitted or opening it to its end. */
export class Part {
  readonly links: Links;
  readonly #options: PartOptions;
  readonly #reader: ReturnType<typeof setInterval>;
  #outgoing: readonly Outgoing[] | null;
  #members: readonly Member[] = [];
  #reports: ReadonlyMap<number, Report> = new Map();
  #figures: ReadonlyMap<string, StreamFigures> = new Map();
  #readings = 0;
  #told = '';
  #closed = false;

  constructor(options: PartOptions) {
    this.#options = options;
    const { conference, shares } = options;
    this.#outgoing = shares && conference ? outgoingOf(conference) : null;
    this.links = new Links({ ...options.links, outgoing: this.#outgoing, changed: () => this.#publish() });
    this.#reader = setInterval(() => void this.#read(), READ);
  }

  /** By the keys of what is received. */
  get figures(): ReadonlyMap<string, StreamFigures> {
    return this.#figures;
  }

  look(members: readonly Member[]): void {
    this.#members = members;
    this.links.look(members, this.#options.device);
  }

  /** Another receiver says what arrives there. */
  reported(device: number, { way, streams, bytes }: Report): void {
    this.#reports = new Map(this.#reports).set(device, { way, streams, bytes });
    this.#publish();
  }

  /** What the meeting has to share may be another. */
  lookAtMeeting(): void {
    const { conference } = this.#options;
    if (!conference || !this.#outgoing) return;
    const outgoing = outgoingOf(conference);
    if (sameOutgoing(outgoing, this.#outgoing)) return;
    this.#outgoing = outgoing;
    this.links.share(outgoing);
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#reader);
    this.links.close();
    const { members, received, cost, savedNearby } = IDLE;
    this.#options.store.become({ members, received, cost, savedNearby });
  }

  async #read(): Promise<void> {
    const { link } = this.links;
    const figures = await this.links.figures().catch(() => null);
    if (this.#closed || !figures) return;
    const { saved, store } = this.#options;
    if (this.#figures.size > 0 || figures.size > 0) {
      this.#figures = figures;
      store.tell();
    }
    if (link !== null && link === this.links.link) saved.take(link, store.state.received, figures);
    this.#readings += 1;
    this.#publish();
    if (this.#readings % REPORT === 0) this.#report(true);
  }

  #report(must: boolean): void {
    const { shares, store, saved, report } = this.#options;
    if (shares) return;
    const { way, streams } = wayOf(store.state.received);
    const told = `${way} ${streams}`;
    if (!must && told === this.#told) return;
    this.#told = told;
    report({ way, streams, bytes: saved.bytes });
  }

  /** Brings the state in line with the links. */
  #publish(): void {
    if (this.#closed) return;
    const { store, saved, device, shares } = this.#options;
    const received = sameItems(store.state.received, this.#shown(this.links.arrived));
    const reports = new Map(this.#reports);
    if (!shares) reports.set(device, { ...wayOf(received), bytes: saved.bytes });
    store.become({
      role: this.#role(),
      members: sameItems(store.state.members, membersOf(this.#members, device, reports)),
      received,
      cost: this.links.cost,
      savedBytes: saved.bytes,
      savedNearby: [...this.#reports.values()].reduce((sum, { bytes }) => sum + bytes, 0),
    });
    this.#report(false);
  }

  #role() {
    const { role } = this.#options.store.state;
    if (role.kind !== 'receiving') return role;
    const own = this.#members.find((one) => one.device === this.#options.device);
    const parent = this.#members.find((one) => one.device === own?.parent);
    const name = parent && parent.depth > 0 ? parent.name : null;
    const { connected } = this.links;
    return role.parent === name && role.connected === connected ? role : { ...role, parent: name, connected };
  }

  /** Who is in the meeting hears voices there, and sees oneself in the mirror. */
  #shown(arrived: readonly LanStream[]): LanStream[] {
    const snapshot = this.#options.conference?.snapshot();
    if (!snapshot) return [...arrived];
    const own = snapshot.self?.id;
    return arrived.filter((one) => isPicture(one.source) && participantOf(snapshot, one) !== own);
  }
}
