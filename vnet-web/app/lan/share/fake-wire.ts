import { testTrack } from '../../test/media';
import { FakeChannel } from '../fake-net';

/** Milliseconds between two rounds of frames, and frames in one. */
const ROUND = 100;
const FRAMES = 3;

interface FakeSection {
  mid: string | null;
  readonly kind: string;
  direction: string;
  currentDirection: string | null;
  stream: string;
  readonly sender: {
    track: MediaStreamTrack | null;
    replaceTrack(track: MediaStreamTrack | null): Promise<void>;
    setStreams(stream: MediaStream): void;
  };
  readonly receiver: { readonly track: MediaStreamTrack; getStats(): Promise<Map<string, object>> };
  /** Frames that were given to the sender, and decoded by the receiver. */
  given: number;
  decoded: number;
}

/** The network between made-up connections, in which frames flow as the test's clock goes. */
export class FakeWire {
  readonly connections: FakeRtc[] = [];
  /** New connections come about. */
  reaches = true;
  /** What waits until the wire is whole again. */
  #waiting: (() => void)[] | null = null;
  /** Tracks that give no more frames, and those whose frames nobody can decode. */
  readonly still = new Set<MediaStreamTrack>();
  readonly undecodable = new Set<MediaStreamTrack>();
  readonly #clock: ReturnType<typeof setInterval>;

  constructor() {
    this.#clock = setInterval(() => this.#round(), ROUND);
  }

  readonly make = (configuration: RTCConfiguration): RTCPeerConnection => {
    const connection = new FakeRtc(this, configuration);
    this.connections.push(connection);
    return connection as unknown as RTCPeerConnection;
  };

  /** Connections that are open now. */
  get open(): FakeRtc[] {
    return this.connections.filter(({ connectionState }) => connectionState === 'connected');
  }

  /** Nothing at all comes through any more; messages come later, frames never. */
  cut(): void {
    this.#waiting = [];
  }

  mend(): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    for (const carry of waiting ?? []) carry();
  }

  carry(what: () => void): void {
    if (this.#waiting) this.#waiting.push(what);
    else queueMicrotask(what);
  }

  stop(): void {
    clearInterval(this.#clock);
  }

  #round(): void {
    for (const connection of this.open) {
      for (const section of connection.sections) {
        const { track } = section.sender;
        if (!track || section.direction !== 'sendonly' || this.still.has(track)) continue;
        section.given += FRAMES;
        const there = connection.partner?.sections.find(({ mid }) => mid === section.mid);
        if (there && !this.#waiting && !this.undecodable.has(track)) there.decoded += FRAMES;
      }
    }
  }
}

class WireChannel extends FakeChannel {
  readonly #wire: FakeWire;

  constructor(wire: FakeWire) {
    super();
    this.#wire = wire;
  }

  override send(text: string): void {
    this.sent.push(JSON.parse(text));
    const { other } = this;
    this.#wire.carry(() => other?.dispatchEvent(new MessageEvent('message', { data: text })));
  }

  close(): void {
    this.readyState = 'closed';
  }
}

/** As much of a connection as is used. */
export class FakeRtc extends EventTarget {
  readonly sections: FakeSection[] = [];
  readonly configuration: RTCConfiguration;
  readonly channel: WireChannel;
  connectionState = 'new';
  signalingState = 'stable';
  localDescription: { type: string; sdp: string; toJSON(): object } | null = null;
  remoteDescription: { type: string; sdp: string } | null = null;
  partner: FakeRtc | null = null;
  offers = 0;
  readonly #wire: FakeWire;

  constructor(wire: FakeWire, configuration: RTCConfiguration) {
    super();
    this.#wire = wire;
    this.configuration = configuration;
    this.channel = new WireChannel(wire);
  }

  createDataChannel(): WireChannel {
    return this.channel;
  }

  getTransceivers(): FakeSection[] {
    return this.sections;
  }

  addTransceiver(
    what: MediaStreamTrack | string,
    { direction, streams }: { direction: string; streams: MediaStream[] },
  ): FakeSection {
    const [kind, track] = typeof what === 'string' ? [what, null] : [what.kind, what];
    return this.#add(kind, direction, track, null, streams[0]?.id ?? '');
  }

  #add(
    kind: string,
    direction: string,
    track: MediaStreamTrack | null,
    mid: string | null,
    stream: string,
  ): FakeSection {
    const section: FakeSection = {
      mid,
      kind,
      direction,
      currentDirection: null,
      stream,
      given: 0,
      decoded: 0,
      sender: {
        track,
        replaceTrack: async (next) => {
          section.sender.track = next;
        },
        setStreams: ({ id }) => {
          section.stream = id;
        },
      },
      receiver: {
        track: testTrack(kind === 'audio' ? 'audio' : 'video'),
        getStats: async () => new Map([['in', { type: 'inbound-rtp', framesReceived: section.decoded }]]),
      },
    };
    this.sections.push(section);
    return section;
  }

  async createOffer(): Promise<RTCSessionDescriptionInit> {
    this.offers += 1;
    for (const [index, section] of this.sections.entries()) section.mid ??= String(index);
    return { type: 'offer', sdp: this.#sdp() };
  }

  async createAnswer(): Promise<RTCSessionDescriptionInit> {
    return { type: 'answer', sdp: this.#sdp() };
  }

  #sdp(): string {
    const lines = this.sections.map(({ mid, kind, stream }) => `m=${kind} ${mid} ${stream}`);
    return [`v=${this.#wire.connections.indexOf(this)}`, ...lines].join('\r\n');
  }

  async setLocalDescription({ type, sdp = '' }: RTCSessionDescriptionInit): Promise<void> {
    this.localDescription = { type, sdp, toJSON: () => ({ type, sdp }) };
    this.signalingState = type === 'offer' ? 'have-local-offer' : 'stable';
    const content = {
      candidate: `candidate:${type}`,
      sdpMid: '0',
      sdpMLineIndex: 0,
      usernameFragment: 'abcd',
    };
    const candidate = { ...content, toJSON: () => content };
    this.dispatchEvent(Object.assign(new Event('icecandidate'), { candidate }));
  }

  async setRemoteDescription({ type, sdp = '' }: RTCSessionDescriptionInit): Promise<void> {
    this.remoteDescription = { type, sdp };
    this.partner = this.#wire.connections[Number(/^v=(\d+)/.exec(sdp)?.[1])] ?? null;
    this.signalingState = type === 'offer' ? 'have-remote-offer' : 'stable';
    for (const [, kind = '', mid = '', stream = ''] of sdp.matchAll(/m=(\w+) (\d+) (\S+)/g)) {
      const known = this.sections.find((one) => one.mid === mid);
      if (known) known.stream = stream;
      else {
        const { receiver } = this.#add(kind, 'recvonly', null, mid, stream);
        this.dispatchEvent(Object.assign(new Event('track'), { receiver }));
      }
    }
    for (const section of this.sections) section.currentDirection = section.direction;
    if (type === 'answer' && this.#wire.reaches) this.#connect();
  }

  #connect(): void {
    const { partner } = this;
    if (this.connectionState !== 'new' || !partner) return;
    [this.channel.other, partner.channel.other] = [partner.channel, this.channel];
    for (const end of [this, partner]) end.becomes('connected');
    for (const end of [this, partner]) end.channel.opens();
  }

  async addIceCandidate(): Promise<void> {}

  async getStats(): Promise<Map<string, object>> {
    const reports = new Map<string, object>();
    for (const { mid, kind, direction, given, decoded } of this.sections) {
      const of = { kind, mid };
      if (kind === 'audio') continue;
      if (direction === 'sendonly') {
        const sent = {
          ...of,
          mediaSourceId: `source${mid}`,
          totalEncodeTime: given / 100,
          framesEncoded: given,
        };
        reports.set(`out${mid}`, { id: `out${mid}`, type: 'outbound-rtp', ...sent });
        reports.set(`source${mid}`, { id: `source${mid}`, type: 'media-source', kind, frames: given });
      } else {
        const got = { ...of, framesDecoded: decoded, bytesReceived: decoded * 1_000 };
        reports.set(`in${mid}`, { id: `in${mid}`, type: 'inbound-rtp', ...got });
      }
    }
    return reports;
  }

  becomes(state: string): void {
    if (this.connectionState === 'closed') return;
    this.connectionState = state;
    this.dispatchEvent(new Event('connectionstatechange'));
  }

  close(): void {
    this.connectionState = 'closed';
  }
}
