import { figuresOf, type StreamFigures } from './figures';
import { answer, greeting, readChannel, type SharedStream, type Signal, streamsQuery } from './messages';
import { type LinkOptions, PairLink } from './pair-link';
import type { Peer } from './peer';
import { trackIdIn } from './sdp';

/** Milliseconds between two questions what there is, as the original asks. */
const QUERY = 15_000;

/** A picture that came from the other side. */
export interface Received {
  readonly key: string;
  readonly name: string;
  /** Who it is in this meeting; `null` if the other side does not say. */
  readonly participant: string | null;
  readonly source: 'camera' | 'screen' | null;
  readonly media: MediaStream;
}

export interface GuestOptions extends LinkOptions {
  /** Whether a picture is one's own, which comes back. */
  readonly isOwn: (stream: SharedStream) => boolean;
}

/** The side that receives. */
export class GuestLink extends PairLink {
  readonly #isOwn: (stream: SharedStream) => boolean;
  readonly #streams = new Map<MediaStreamTrack, MediaStream>();
  #listed: readonly SharedStream[] = [];
  #received: readonly Received[] = [];
  #query: ReturnType<typeof setInterval> | undefined;

  constructor(options: GuestOptions) {
    super(options);
    this.#isOwn = options.isOwn;
  }

  get received(): readonly Received[] {
    return this.#received;
  }

  async figures(): Promise<ReadonlyMap<string, StreamFigures>> {
    const { peer } = this;
    const figures = peer ? await figuresOf(peer.connection) : new Map<string, StreamFigures>();
    const named = (peer?.connection.getTransceivers() ?? []).flatMap((transceiver) => {
      const found = figures.get(transceiver.mid ?? '');
      const one = this.#received.find(({ media }) => media === this.#streams.get(transceiver.receiver.track));
      return one && found ? [[one.key, found] as const] : [];
    });
    return new Map(named);
  }

  protected begin(peer: Peer): void {
    this.expect('no-offer');
    peer.connection.addEventListener('track', () => this.#gather(peer));
    // The channel may come before the connection counts as connected.
    peer.connection.addEventListener('datachannel', ({ channel }) => this.#listen(peer, channel));
  }

  protected async told(peer: Peer, signal: Signal): Promise<void> {
    if (signal.type !== 'offer') return;
    await peer.step(async () => {
      if (this.state.phase !== 'connected') this.expect('blocked');
      this.#listed = signal.streams;
      await peer.remote(signal.description);
      await peer.connection.setLocalDescription(await peer.connection.createAnswer());
      const { localDescription } = peer.connection;
      if (localDescription) this.say(answer(localDescription.toJSON(), this.name));
      this.#gather(peer);
    });
  }

  protected hearsFrom(signal: Signal): boolean {
    return signal.type === 'offer';
  }

  protected revive(): void {
    // The side that shares makes the offers.
  }

  protected dropped(): void {
    clearInterval(this.#query);
    this.#streams.clear();
    this.#listed = [];
    this.#received = [];
  }

  #listen(peer: Peer, channel: RTCDataChannel): void {
    const begin = () => {
      if (peer !== this.peer) return;
      channel.send(greeting());
      clearInterval(this.#query);
      this.#query = setInterval(() => {
        if (channel.readyState === 'open') channel.send(streamsQuery(this.#listed));
      }, QUERY);
    };
    channel.addEventListener('message', ({ data }) => {
      const message = readChannel(data);
      if (peer !== this.peer || message?.type !== 'stream_ids') return;
      this.#listed = message.streams;
      this.#gather(peer);
    });
    if (channel.readyState === 'open') begin();
    else channel.addEventListener('open', begin);
  }

  /** What is received now, by the names that are known. */
  #gather(peer: Peer): void {
    if (peer !== this.peer) return;
    const sdp = peer.connection.remoteDescription?.sdp ?? '';
    this.#received = peer.connection
      .getTransceivers()
      .flatMap(({ receiver, currentDirection, direction, mid }) => {
        const { track } = receiver;
        const comes = (currentDirection ?? direction).includes('recv');
        if (!comes || track.kind !== 'video') return [];
        // Browsers may give the track another id than the other side said.
        const id = trackIdIn(sdp, mid ?? '');
        const listed = this.#listed.find((one) => one.id === id || one.id === track.id);
        if (!listed || this.#isOwn(listed)) return [];
        return [this.#known(listed, track)];
      });
    this.changed();
  }

  /** The same objects for what did not change. */
  #known(listed: SharedStream, track: MediaStreamTrack): Received {
    const media = this.#streams.get(track) ?? new MediaStream([track]);
    this.#streams.set(track, media);
    const { name, id: key, participant = null } = listed;
    const source = listed.source === 'camera' || listed.source === 'screen' ? listed.source : null;
    const before = this.#received.find((one) => one.media === media);
    const same = before?.key === key && before.name === name && before.participant === participant;
    return before && same ? before : { key, name, participant, source, media };
  }
}
