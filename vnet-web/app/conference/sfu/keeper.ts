import type { Join } from '../../generated/sfu-protocol';
import type { LocalSource, Source, Statistics } from '../conference';
import { type Flow, Media } from './media';
import { type Message, VERSION } from './protocol';
import { type Carries, type Kept, type Report, statisticsOf, type Totals } from './statistics';

/** So long a restart may take before the next attempt, in milliseconds. */
const RESTART_WITHIN = 8_000;
const LOOK_EVERY = 500;
/** Restarts in vain before the connection is made anew. */
const RESTARTS = 2;

export interface KeeperHooks {
  local(): Readonly<Record<Source, LocalSource>>;
  /** Brings an offer to the server; fails while it cannot be reached. */
  ask(offer: string): Promise<Message<'answer'>>;
  /** A receiver of pictures comes into being. */
  made?(receiver: RTCRtpReceiver): void;
  /** What plays, or whether anything comes, is another. */
  changed(): void;
  /** Nothing of what played in slots holds any more. */
  cleared(): void;
}

/** Keeps sound and picture coming: makes connections, and mends them. */
export class Keeper {
  readonly #hooks: KeeperHooks;
  readonly #layers = new Map<Source, readonly string[]>();
  #media: Media | null = null;
  #iceServers: RTCIceServer[] = [];
  #isLost = false;
  #restarts = 0;
  #mending = false;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #kept: Kept | null = null;
  #ending: Promise<void> | null = null;
  #earlier: Totals = { received: 0, sent: 0 };

  constructor(hooks: KeeperHooks) {
    this.#hooks = hooks;
  }

  get media(): Media | null {
    return this.#media;
  }

  /** Whether sound and picture were there and are lost. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Those of the last ticket. */
  get iceServers(): readonly RTCIceServer[] {
    return this.#iceServers;
  }

  /** A connection for an entry, and the entry without its ticket. */
  async prepare(iceServers: RTCIceServer[]): Promise<Omit<Join, 'ticket'>> {
    this.#iceServers = iceServers;
    this.#layers.clear();
    const media = await this.#replace();
    const offer = await media.offer();
    return { version: VERSION, offer, publish: media.publishes(this.#hooks.local()) };
  }

  async #replace(): Promise<Media> {
    const before = this.#media;
    await this.#giveUp();
    const flow = (now: Flow) => this.#flows(now);
    const made = (receiver: RTCRtpReceiver) => this.#hooks.made?.(receiver);
    const media = new Media(this.#iceServers, this.#hooks.local(), flow, before?.sections, made);
    this.#media = media;
    this.#hooks.cleared();
    return media;
  }

  async #giveUp(): Promise<void> {
    this.#stopWaiting();
    const media = this.#media;
    this.#media = null;
    if (!media) return;
    const reports = await reportsOf(media);
    media.close();
    const { statistics } = statisticsOf(reports, () => null, null, this.#earlier);
    this.#earlier = { received: statistics.bytesReceived, sent: statistics.bytesSent };
    this.#kept = null;
  }

  answered(sdp: string): Promise<void> {
    return this.#media?.answered(sdp) ?? Promise.resolve();
  }

  /** Sends a track, or nothing, as a source. */
  async setTrack(source: Source, track: MediaStreamTrack | null): Promise<void> {
    await this.#media?.sender(source).setTrack(track);
  }

  /** Encodes what somebody wants. */
  encode(source: Source, layers: readonly string[]): void {
    this.#layers.set(source, layers);
    void this.#media?.sender(source).encode(layers);
  }

  /** Makes room for so many pictures. */
  grow(pictures: number): void {
    const media = this.#media;
    // Refused, or lost on the way: it is offered again with the next offer.
    if (media?.grow(pictures)) void media.negotiate({}, this.#hooks.ask).catch(() => {});
  }

  #flows(flow: Flow): void {
    if (flow === 'connected') {
      this.#restarts = 0;
      this.#isLost = false;
      this.#stopWaiting();
    } else if (flow !== 'new') {
      this.#isLost = true;
      void this.mend();
    }
    this.#hooks.changed();
  }

  /** Nothing arrives at the server, or the addresses have become others. */
  async mend(): Promise<void> {
    const media = this.#media;
    if (!media || this.#mending) return;
    this.#mending = true;
    this.#stopWaiting();
    const isBeyondHelp = media.isBroken || this.#restarts >= RESTARTS;
    this.#restarts += 1;
    try {
      if (isBeyondHelp) await this.#rebuild();
      else await media.negotiate({ iceRestart: true }, this.#hooks.ask);
    } catch {
      // Refused, or lost together with the server: tried again below, and when that is back.
    } finally {
      this.#mending = false;
      this.#await(RESTART_WITHIN);
    }
  }

  /** Not every browser tells when a restart has helped: the state is looked at until it has, or is tried again. */
  #await(left: number): void {
    if (this.#ending) return;
    this.#timer = setTimeout(() => {
      if (this.#media?.isUp) this.#flows('connected');
      else if (left > 0) this.#await(left - LOOK_EVERY);
      else if (this.#isLost) void this.mend();
    }, LOOK_EVERY);
  }

  /** Another connection in the place of one that is beyond help: the same sections, the same tracks. */
  async #rebuild(): Promise<void> {
    const media = await this.#replace();
    this.#restarts = 0;
    const { answer } = await this.#hooks.ask(await media.offer());
    await media.answered(answer);
    for (const [source, layers] of this.#layers) void media.sender(source).encode(layers);
  }

  /** The server can be reached again. `hasMoved`: from another network. */
  serverIsBack(hasMoved: boolean): void {
    if (hasMoved || this.#isLost) void this.mend();
  }

  /** The server says that nothing arrives. */
  serverMisses(): void {
    this.#isLost = true;
    this.#hooks.changed();
    void this.mend();
  }

  #stopWaiting(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  async statistics(carries: Carries): Promise<Statistics> {
    await this.#ending;
    const reports = this.#media ? await reportsOf(this.#media) : [];
    const { statistics, kept } = statisticsOf(reports, carries, this.#kept, this.#earlier);
    if (reports.length > 0) this.#kept = kept;
    return statistics;
  }

  /** Ends it; what it has carried is still known afterwards. */
  close(): Promise<void> {
    this.#ending = this.#giveUp();
    return this.#ending;
  }
}

async function reportsOf(media: Media): Promise<Report[]> {
  const reports = await media.connection.getStats().catch(() => new Map<string, Report>());
  return [...(reports as ReadonlyMap<string, Report>).values()];
}
