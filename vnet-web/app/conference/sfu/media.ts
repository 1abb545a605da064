import type { Publish, Slot } from '../../generated/sfu-protocol';
import { type LocalSource, SOURCES, type Source } from '../conference';
import { toWire } from './protocol';
import { Sender } from './sender';

/** How many pictures and voices of others can play at the same time, at first. */
const FIRST_VIDEO = 9;
const AUDIO = 6;
/** As many pictures as can be had. */
export const MOST_VIDEO = 25;
/** More are asked for in such steps. */
const STEP = 8;
/** So long "disconnected" may pass by itself, in milliseconds. */
const PATIENCE = 2_500;

/** `lost`: not for a moment only; `failed`: does not come back by itself. */
export type Flow = 'new' | 'connected' | 'lost' | 'failed';

/** The sections of a connection that was given up, for one in its place. */
export type Sections = readonly ('audio' | 'video')[];

/** Sound and picture: one connection, offered once. */
export class Media {
  readonly connection: RTCPeerConnection;
  readonly #senders: Readonly<Record<Source, Sender>>;
  readonly #slots: ('audio' | 'video')[] = [];
  readonly #onFlow: (flow: Flow) => void;
  readonly #made: (receiver: RTCRtpReceiver) => void;
  #flow: Flow = 'new';
  #patience: ReturnType<typeof setTimeout> | null = null;
  #negotiating: Promise<unknown> = Promise.resolve();

  /** @param made told of each receiver of pictures, in the task in which it comes into being */
  constructor(
    iceServers: RTCIceServer[],
    local: Readonly<Record<Source, LocalSource>>,
    onFlow: (flow: Flow) => void,
    sections: Sections = [...Array(AUDIO).fill('audio'), ...Array(FIRST_VIDEO).fill('video')],
    made: (receiver: RTCRtpReceiver) => void = () => {},
  ) {
    this.#onFlow = onFlow;
    this.#made = made;
    this.connection = new RTCPeerConnection({ iceServers, bundlePolicy: 'max-bundle' });
    const sender = (source: Source) => new Sender(this.connection, source, local[source].track);
    this.#senders = {
      microphone: sender('microphone'),
      camera: sender('camera'),
      screen: sender('screen'),
      screenAudio: sender('screenAudio'),
    };
    for (const kind of sections) this.#addSlot(kind);
    for (const name of ['iceconnectionstatechange', 'connectionstatechange'] as const) {
      this.connection.addEventListener(name, () => this.#look());
    }
  }

  sender(source: Source): Sender {
    return this.#senders[source];
  }

  sourceOf(mid: string): Source | undefined {
    return SOURCES.find((source) => this.#senders[source].mid === mid);
  }

  get flow(): Flow {
    return this.#flow;
  }

  get sections(): Sections {
    return this.#slots;
  }

  /** What plays in a slot. */
  receiver(mid: string): RTCRtpReceiver | undefined {
    return this.connection.getTransceivers().find((one) => one.mid === mid)?.receiver;
  }

  /** What is published from the start. */
  publishes(local: Readonly<Record<Source, LocalSource>>): Publish[] {
    return SOURCES.flatMap((source) => {
      const { mid } = this.#senders[source];
      const { track, muted } = local[source];
      return track && mid !== null ? [{ source: toWire(source), mid, muted }] : [];
    });
  }

  /** Whether more pictures are wanted than can play; makes slots for them, which the next offer offers. */
  grow(pictures: number): boolean {
    const now = this.#slots.filter((kind) => kind === 'video').length;
    const enough = Math.min(Math.ceil(pictures / STEP) * STEP + 1, MOST_VIDEO);
    if (pictures <= now || enough <= now) return false;
    for (let count = now; count < enough; count += 1) this.#addSlot('video');
    return true;
  }

  #addSlot(kind: 'audio' | 'video'): void {
    this.#slots.push(kind);
    const { receiver } = this.connection.addTransceiver(kind, { direction: 'recvonly' });
    if (kind === 'video') this.#made(receiver);
  }

  /** The first offer. */
  async offer(): Promise<string> {
    await this.connection.setLocalDescription(await this.connection.createOffer());
    return this.connection.localDescription?.sdp ?? '';
  }

  async answered(sdp: string): Promise<void> {
    await this.connection.setRemoteDescription({ type: 'answer', sdp });
  }

  /**
   * Offers anew, one offer after the other; a refused offer is taken back.
   *
   * @param ask brings the offer to the server
   */
  negotiate(
    options: RTCOfferOptions,
    ask: (offer: string) => Promise<{ readonly answer: string; readonly slots: readonly Slot[] }>,
  ): Promise<void> {
    const turn = this.#negotiating.then(async () => {
      const { connection } = this;
      await connection.setLocalDescription(await connection.createOffer(options));
      try {
        const { answer } = await ask(connection.localDescription?.sdp ?? '');
        await this.answered(answer);
      } catch (error) {
        if (connection.signalingState === 'have-local-offer') {
          await connection.setLocalDescription({ type: 'rollback' }).catch(() => {});
        }
        throw error;
      }
    });
    this.#negotiating = turn.catch(() => {});
    return turn;
  }

  /*
   * Browsers differ in which of the two states tells first and which of them they get right: the state of ICE
   * tells losses, that of the whole tells success and what ICE cannot mend.
   */
  #look(): void {
    const { iceConnectionState: ice, connectionState: whole } = this.connection;
    if (ice === 'failed' || whole === 'failed') this.#turn('failed');
    else if (
      ice === 'disconnected' ||
      (whole === 'disconnected' && ice !== 'connected' && ice !== 'completed')
    ) {
      this.#patience ??= setTimeout(() => this.#turn('lost'), PATIENCE);
    } else if ((ice === 'connected' || ice === 'completed') && whole !== 'connecting')
      this.#turn('connected');
  }

  #turn(flow: Flow): void {
    if (this.#patience) clearTimeout(this.#patience);
    this.#patience = null;
    if (flow === this.#flow) return;
    this.#flow = flow;
    this.#onFlow(flow);
  }

  get isUp(): boolean {
    const { iceConnectionState: ice, connectionState: whole } = this.connection;
    return whole === 'connected' && (ice === 'connected' || ice === 'completed');
  }

  /** Whether addresses would not help: the connection above them is broken. */
  get isBroken(): boolean {
    const { iceConnectionState: ice, connectionState: whole } = this.connection;
    return whole === 'closed' || (whole === 'failed' && ice !== 'failed');
  }

  close(): void {
    if (this.#patience) clearTimeout(this.#patience);
    this.connection.close();
  }
}
