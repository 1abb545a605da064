import { figuresOf, type StreamFigures } from './figures';
import { offer, readChannel, type SharedStream, type Signal, streamIds } from './messages';
import { PairLink, sameStreams } from './pair-link';
import type { Peer } from './peer';
import { trackIdIn } from './sdp';

/** A picture to share. Its track is cloned: the original is never stopped here. */
export interface Offered {
  /** Names the picture as long as it is shared, whatever its track. */
  readonly key: string;
  readonly name: string;
  readonly participant: string;
  readonly source: 'camera' | 'screen';
  readonly track: MediaStreamTrack;
}

/** A section of the connection, and what is sent in it now. */
interface Slot {
  readonly transceiver: RTCRtpTransceiver;
  offered: Offered | null;
  clone: MediaStreamTrack | null;
  /** Switched off for one round, so that the other side notices something. */
  blinks: boolean;
}

/** The side that shares. */
export class HostLink extends PairLink {
  #offered: readonly Offered[] = [];
  #slots: Slot[] = [];
  #channel: RTCDataChannel | null = null;
  #said = false;
  /** Guests of this program notice by themselves what ends. */
  #guestNotices = false;
  /** An offer is out and not answered yet. */
  #pending = false;
  #again = false;

  /** What is sent now. */
  get sent(): readonly Offered[] {
    return this.#slots.flatMap(({ offered }) => (offered ? [offered] : []));
  }

  /** Shares exactly these pictures from now on. */
  share(offered: readonly Offered[]): void {
    this.#offered = offered;
    if (this.peer) this.#renew(this.peer);
  }

  async figures(): Promise<ReadonlyMap<string, StreamFigures>> {
    const { peer } = this;
    const figures = peer ? await figuresOf(peer.connection) : new Map<string, StreamFigures>();
    const named = this.#slots.flatMap(({ offered, transceiver }) => {
      const found = figures.get(transceiver.mid ?? '');
      return offered && found ? [[offered.key, found] as const] : [];
    });
    return new Map(named);
  }

  protected begin(peer: Peer): void {
    this.expect('blocked');
    const channel = peer.connection.createDataChannel('streams');
    this.#channel = channel;
    channel.addEventListener('open', () => this.#tell());
    channel.addEventListener('message', ({ data }) => this.#heard(data));
    this.#renew(peer, true);
  }

  protected async told(peer: Peer, signal: Signal): Promise<void> {
    if (signal.type !== 'answer') return;
    await peer.step(async () => {
      if (peer.connection.signalingState !== 'have-local-offer') return;
      await peer.remote(signal.description);
      this.#pending = false;
      const blinked = this.#slots.filter(({ blinks }) => blinks);
      for (const slot of blinked) slot.blinks = false;
      if (this.#again || blinked.length > 0) this.#renew(peer, true);
    });
  }

  protected hearsFrom(signal: Signal): boolean {
    return signal.type === 'answer';
  }

  protected revive(): void {
    const { peer } = this;
    if (peer?.connection.signalingState !== 'stable') return;
    peer.connection.restartIce();
    this.#renew(peer, true);
  }

  protected dropped(): void {
    for (const { clone } of this.#slots) clone?.stop();
    this.#slots = [];
    this.#channel = null;
    this.#said = this.#guestNotices = this.#pending = this.#again = false;
  }

  /** Brings the sections in line with what is to be shared, and offers it if that needs an offer. */
  #renew(peer: Peer, must = false): void {
    const renewed = peer.step(async () => {
      if (this.#pending) {
        this.#again = true;
        return;
      }
      this.#again = false;
      const needs = await this.#arrange(peer.connection);
      this.changed();
      if (!needs && !must) return;
      await peer.connection.setLocalDescription(await peer.connection.createOffer());
      this.#pending = true;
      // The original looks names up when a track arrives, so they have to be there before it.
      this.#tell();
      const { localDescription } = peer.connection;
      if (localDescription) this.say(offer(localDescription.toJSON(), this.#listed(), this.name));
    });
    renewed.catch(() => {
      if (peer === this.peer) this.fail('blocked');
    });
  }

  async #arrange(connection: RTCPeerConnection): Promise<boolean> {
    const wanted = new Map(this.#offered.map((one) => [one.key, one]));
    let needs = false;
    for (const slot of this.#slots) {
      const now = slot.offered ? wanted.get(slot.offered.key) : undefined;
      if (slot.offered && !now) {
        await empty(slot);
        needs = true;
      } else if (slot.offered && now) {
        if (slot.offered.track !== now.track) await fill(slot, now);
        slot.offered = now;
        wanted.delete(now.key);
      }
    }
    const removed = needs;
    for (const one of wanted.values()) {
      needs = true;
      const free = this.#slots.find(({ offered }) => offered === null);
      if (free) await fill(free, one);
      else this.#slots.push(added(connection, one));
    }
    // The original draws its tiles anew only when a track arrives: let one that stays arrive again.
    const stays = this.#slots.find(({ offered, transceiver }) => offered && transceiver.currentDirection);
    const nothingNew = wanted.size === 0;
    if (removed && nothingNew && stays && this.#channel?.readyState === 'open' && !this.#guestNotices) {
      stays.blinks = true;
    }
    for (const { transceiver, offered, blinks } of this.#slots) {
      transceiver.direction = offered && !blinks ? 'sendonly' : 'inactive';
    }
    return needs;
  }

  #listed(): SharedStream[] {
    const sdp = this.peer?.connection.localDescription?.sdp ?? '';
    return this.#slots.flatMap(({ offered, transceiver, clone }) => {
      if (!offered) return [];
      const { name, participant, source } = offered;
      const id = trackIdIn(sdp, transceiver.mid ?? '') ?? clone?.id ?? '';
      return [{ name, id, participant, source }];
    });
  }

  #tell(): void {
    if (this.#channel?.readyState !== 'open') return;
    this.#channel.send(streamIds(this.#listed(), !this.#said));
    this.#said = true;
  }

  #heard(data: unknown): void {
    const message = readChannel(data);
    if (message?.type === 'vnet') this.#guestNotices = true;
    if (message?.type === 'streams_query' && !sameStreams(message.streams, this.#listed())) this.#tell();
  }
}

function added(connection: RTCPeerConnection, offered: Offered): Slot {
  const clone = offered.track.clone();
  const transceiver = connection.addTransceiver(clone, {
    direction: 'sendonly',
    streams: [new MediaStream([clone])],
  });
  return { transceiver, offered, clone, blinks: false };
}

async function fill(slot: Slot, offered: Offered): Promise<void> {
  const before = slot.clone;
  const clone = offered.track.clone();
  slot.offered = offered;
  slot.clone = clone;
  await slot.transceiver.sender.replaceTrack(clone);
  before?.stop();
}

async function empty(slot: Slot): Promise<void> {
  await slot.transceiver.sender.replaceTrack(null);
  slot.clone?.stop();
  slot.clone = null;
  slot.offered = null;
}
