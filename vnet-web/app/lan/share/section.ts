import { isPicture } from './channel';
import type { Outgoing } from './outgoing';
import type { Way } from './types';

/** Compressed frames on their way into one section; see `encoded/`. */
export interface Carrier {
  readonly track: MediaStreamTrack;
  attach(sender: RTCRtpSender): void;
  passThrough(): Promise<void>;
  /** Milliseconds that frames spend here, of late. */
  readonly lag: number;
  /** Milliseconds of computing so far. */
  readonly cpuMs: number;
  /** Frames that the source has given so far, as far as it is known. */
  readonly given: number;
  /** The frames are of another codec than the section. */
  readonly unfit: boolean;
  stop(): void;
}

/** How compressed frames are had; another one in tests. */
export interface Encoding {
  readonly codecs: readonly string[];
  carrier(receiver: RTCRtpReceiver): Carrier;
  /** Makes a section fit for them: in the task in which it is made. */
  prefer(transceiver: RTCRtpTransceiver): void;
  /** Keeps the frames of a receiver within reach: in the task in which it comes into being. */
  keep(receiver: RTCRtpReceiver): void;
}

/** Frames of what was sent before may still be on their way: so long a section is not used again, in milliseconds. */
const REST = 1_000;

interface Playing {
  readonly outgoing: Outgoing;
  readonly way: Way;
  readonly seq: number;
  /** Ours to stop, if the frames are compressed here. */
  readonly clone: MediaStreamTrack | null;
  readonly carrier: Carrier | null;
}

type What = Pick<Playing, 'outgoing' | 'way' | 'seq'>;

/** A section of the connection to a child, and what is sent in it now. Once made it is used again, never removed. */
export class Section {
  readonly transceiver: RTCRtpTransceiver;
  readonly kind: 'audio' | 'video';
  readonly #encoding: Encoding;
  #playing: Playing | null;
  #freedAt = 0;
  /** The stream that it was last offered as part of. */
  stream: MediaStream;

  constructor(connection: RTCPeerConnection, what: What, encoding: Encoding, stream: MediaStream) {
    this.#encoding = encoding;
    this.stream = stream;
    this.kind = isPicture(what.outgoing.source) ? 'video' : 'audio';
    const playing = this.#prepared(what);
    this.#playing = playing;
    const track = playing.carrier?.track ?? playing.clone ?? this.kind;
    this.transceiver = connection.addTransceiver(track, { direction: 'sendonly', streams: [stream] });
    if (this.kind === 'video') encoding.prefer(this.transceiver);
    playing.carrier?.attach(this.transceiver.sender);
  }

  get playing(): Playing | null {
    return this.#playing;
  }

  get mid(): string | null {
    return this.transceiver.mid;
  }

  /** Refused by the child, which cannot play it. */
  get isDead(): boolean {
    const { currentDirection } = this.transceiver;
    return currentDirection === 'stopped' || currentDirection === 'inactive';
  }

  /** Whether something else can be sent here now. */
  isFree(kind: 'audio' | 'video', now: number): boolean {
    return !this.#playing && !this.isDead && this.kind === kind && now - this.#freedAt >= REST;
  }

  async fill(what: What): Promise<void> {
    const before = this.#playing;
    const playing = this.#prepared(what);
    this.#playing = playing;
    const { sender } = this.transceiver;
    // Pictures of a carrier and real ones must not take each other's way.
    if (before && (before.carrier || playing.carrier)) await this.#leave(before);
    playing.carrier?.attach(sender);
    await sender.replaceTrack(playing.carrier?.track ?? playing.clone);
    before?.clone?.stop();
  }

  async empty(now: number): Promise<void> {
    const before = this.#playing;
    this.#playing = null;
    this.#freedAt = now;
    if (before) await this.#leave(before);
  }

  /** The same is sent, though it is called something else. */
  rename(outgoing: Outgoing): void {
    if (this.#playing) this.#playing = { ...this.#playing, outgoing };
  }

  close(): void {
    this.#playing?.clone?.stop();
    this.#playing?.carrier?.stop();
    this.#playing = null;
  }

  async #leave({ carrier, clone }: Playing): Promise<void> {
    await this.transceiver.sender.replaceTrack(null);
    await carrier?.passThrough();
    carrier?.stop();
    clone?.stop();
  }

  #prepared(what: What): Playing {
    const { outgoing, way } = what;
    if (way === 'encoded' && outgoing.receiver)
      return { ...what, carrier: this.#encoding.carrier(outgoing.receiver), clone: null };
    const clone = outgoing.track.clone();
    // Letters have to be readable.
    if (outgoing.source === 'screen') clone.contentHint = 'detail';
    return { ...what, way: 'transcoded', clone, carrier: null };
  }
}
