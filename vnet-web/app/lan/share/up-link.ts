import { figuresOf, type StreamFigures } from '../figures';
import { type MakeConnection, Peer } from '../peer';
import {
  CHANNEL,
  CHANNEL_OPTIONS,
  candidateSignal,
  descriptionSignal,
  type Listed,
  readSignal,
  readToChild,
  toParentText,
} from './channel';
import { type Evidence, evidenceOf } from './diagnose';
import { Incoming } from './incoming';
import { Together, togetherOf } from './together';
import type { LanStream } from './types';
import type { RelinkReason } from './wire';

/** Milliseconds in which two on one network find each other, or never. */
export const PATIENCE = 5_000;
/** Milliseconds that a link may stand still before another one is asked for. */
export const STALLED = 5_000;
/** Milliseconds between two looks at what is decoded. */
export const LOOK = 150;

/** A stream that came, with what a relay needs to send it on. */
export interface Arrived extends LanStream {
  readonly receiver: RTCRtpReceiver;
}

export interface UpLinkOptions {
  readonly iceServers: RTCIceServer[];
  readonly makeConnection: MakeConnection;
  /** Keeps what a receiver gets fit to be sent on. */
  readonly keep: (receiver: RTCRtpReceiver) => void;
  /** For the parent, through the server. */
  readonly say: (data: unknown) => void;
  /** What is received, or whether it is, is another. */
  readonly changed: () => void;
  /** This link leads nowhere, or not any more; said once. */
  readonly failed: (reason: RelinkReason) => void;
}

/** The child's side of one link: answers, and everything that comes from the parent. */
export class UpLink {
  readonly #options: UpLinkOptions;
  readonly #peer: Peer;
  readonly #channel: RTCDataChannel;
  readonly #incoming = new Map<string, Incoming>();
  readonly #together = new Together();
  readonly #patience: ReturnType<typeof setTimeout>;
  readonly #clock: ReturnType<typeof setInterval>;
  #listed: readonly Listed[] = [];
  #arrived: readonly Arrived[] = [];
  #given: ReadonlyMap<string, number> = new Map();
  #beatAt = Number.NEGATIVE_INFINITY;
  #looking = false;
  #connected = false;
  #audio = false;
  #parentIsSecure = true;
  #isOver = false;

  constructor(options: UpLinkOptions) {
    this.#options = options;
    const { iceServers, makeConnection, say } = options;
    this.#peer = new Peer(
      makeConnection,
      { iceServers, bundlePolicy: 'max-bundle' },
      { candidate: (init) => say(candidateSignal(init)), state: (state) => this.#moved(state) },
    );
    const { connection } = this.#peer;
    connection.addEventListener('track', ({ receiver }) => {
      if (receiver.track.kind === 'video') options.keep(receiver);
      this.#gather();
    });
    this.#channel = connection.createDataChannel(CHANNEL, CHANNEL_OPTIONS);
    this.#channel.addEventListener('open', () => this.#sayAudio());
    this.#channel.addEventListener('message', ({ data }) => this.#heard(data));
    this.#channel.addEventListener('close', () => this.#stall());
    this.#patience = setTimeout(() => this.#fail('blocked'), PATIENCE);
    this.#clock = setInterval(() => void this.#look(), LOOK);
  }

  get arrived(): readonly Arrived[] {
    return this.#arrived;
  }

  get connected(): boolean {
    return this.#connected;
  }

  /** Whether voices are wanted, too. */
  wantAudio(on: boolean): void {
    if (on === this.#audio) return;
    this.#audio = on;
    this.#sayAudio();
  }

  /** What the parent says through the server. */
  hear(data: unknown): void {
    const signal = readSignal(data);
    if (signal?.type === 'candidate') this.#peer.hear(signal.candidate).catch(() => {});
    if (signal?.type !== 'offer') return;
    this.#parentIsSecure = signal.secure;
    this.#peer
      .step(async () => {
        const { connection } = this.#peer;
        await this.#peer.remote(signal.description);
        await connection.setLocalDescription(await connection.createAnswer());
        const { localDescription } = connection;
        if (localDescription) this.#options.say(descriptionSignal(localDescription));
        this.#gather();
      })
      .catch(() => this.#fail('failed'));
  }

  /** By the keys of what is received. */
  async figures(): Promise<ReadonlyMap<string, StreamFigures>> {
    const figures = await figuresOf(this.#peer.connection);
    const named = [...this.#incoming].flatMap(([mid, { listed }]) => {
      const found = figures.get(mid);
      return found ? [[listed.key, found] as const] : [];
    });
    return new Map(named);
  }

  /** What can be known of why no connection came about. */
  evidence(): Evidence {
    return evidenceOf(this.#peer.connection, this.#parentIsSecure);
  }

  /** Nothing comes any more: all of it is gone at once. */
  close(): void {
    this.#isOver = true;
    clearTimeout(this.#patience);
    clearInterval(this.#clock);
    this.#channel.close();
    this.#peer.close();
    this.#incoming.clear();
    this.#arrived = [];
  }

  #moved(state: RTCPeerConnectionState): void {
    if (state === 'connected' && !this.#connected) {
      clearTimeout(this.#patience);
      this.#connected = true;
      this.#beatAt = performance.now();
      this.#options.changed();
    }
    if (state === 'failed') this.#fail(this.#connected ? 'failed' : 'blocked');
  }

  #fail(reason: RelinkReason): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#patience);
    this.#stall();
    this.#options.failed(reason);
  }

  /** The parent is gone: no need to look. */
  #stall(): void {
    for (const one of this.#incoming.values()) one.stall();
    this.#publish();
  }

  #heard(data: unknown): void {
    const message = readToChild(data);
    if (!message || this.#isOver) return;
    if (message.type === 'beat') {
      this.#beatAt = performance.now();
      this.#given = message.frames;
      return;
    }
    this.#listed = message.tracks;
    this.#gather();
  }

  #sayAudio(): void {
    if (this.#channel.readyState === 'open')
      this.#channel.send(toParentText({ type: 'audio', on: this.#audio }));
  }

  /** Brings what comes in line with what is listed and has a section. */
  #gather(): void {
    if (this.#isOver) return;
    const sections = new Map(this.#peer.connection.getTransceivers().map((one) => [one.mid, one]));
    const listed = new Map(this.#listed.map((one) => [one.mid, one]));
    for (const mid of [...this.#incoming.keys()]) if (!listed.has(mid)) this.#incoming.delete(mid);
    for (const [mid, one] of listed) {
      const known = this.#incoming.get(mid);
      const transceiver = sections.get(mid);
      if (known && known.listed.seq === one.seq) known.listed = one;
      else if (known) known.restart(one);
      else if (transceiver) this.#incoming.set(mid, new Incoming(one, transceiver));
    }
    this.#publish();
  }

  async #look(): Promise<void> {
    if (!this.#connected || this.#isOver || this.#looking) return;
    this.#looking = true;
    // Beats that came while the page stood still are heard before this is there.
    const figures = await figuresOf(this.#peer.connection).catch(() => null);
    this.#looking = false;
    if (!this.#isOver && figures) this.#judge(figures);
  }

  #judge(figures: ReadonlyMap<string, StreamFigures>): void {
    const now = performance.now();
    for (const [mid, one] of this.#incoming) {
      const decoded = figures.get(mid)?.frames ?? 0;
      const given = this.#given.get(mid) ?? null;
      const ok = one.look({ now, decoded, given, beatAt: this.#beatAt });
      if (ok !== null && this.#channel.readyState === 'open')
        this.#channel.send(toParentText({ type: 'state', mid, seq: one.listed.seq, ok }));
    }
    this.#publish();
    const alive = Math.max(this.#beatAt, ...[...this.#incoming.values()].map(({ frameAt }) => frameAt));
    if (now - alive > STALLED) this.#fail('stalled');
  }

  /** The same objects for what did not change. */
  #publish(): void {
    const before = new Map(this.#arrived.map((one) => [one.key, one]));
    const incoming = [...this.#incoming.values()];
    const media = this.#together.arrange(
      incoming.map(({ listed, transceiver }) => [togetherOf(listed), transceiver.receiver.track]),
    );
    const now = incoming.map((one) => this.#one(one, media, before));
    const isSame =
      now.length === this.#arrived.length && now.every((one, index) => one === this.#arrived[index]);
    if (isSame) return;
    this.#arrived = now;
    this.#options.changed();
  }

  #one(
    { listed, state, transceiver }: Incoming,
    all: ReadonlyMap<string, MediaStream>,
    before: ReadonlyMap<string, Arrived>,
  ): Arrived {
    const { key, name, participant, source, way } = listed;
    const { receiver } = transceiver;
    const media = all.get(togetherOf(listed)) ?? new MediaStream();
    const known = before.get(key);
    const isSame =
      known?.media === media &&
      known.state === state &&
      known.way === way &&
      known.name === name &&
      known.receiver === receiver;
    return known && isSame ? known : { key, name, participant, source, media, way, state, receiver };
  }
}
