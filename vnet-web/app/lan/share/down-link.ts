import { type MakeConnection, Peer } from '../peer';
import { assumesLine } from '../sdp';
import {
  beatText,
  CHANNEL,
  CHANNEL_OPTIONS,
  candidateSignal,
  descriptionSignal,
  isPicture,
  type Listed,
  readSignal,
  readToParent,
  tracksText,
} from './channel';
import { measureOf, type SectionMeasure } from './measure';
import type { Outgoing } from './outgoing';
import { type Encoding, Section } from './section';
import { togetherOf } from './together';
import type { Way } from './types';

/**
 * What a local network carries at least, and what is tried at first, in bits a second. Frames that are sent on are as large as they
 * are: a sender that believes less of the line only lets them wait.
 */
const LINE = { least: 2_000_000, first: 4_000_000 };

export interface DownLinkOptions {
  readonly iceServers: RTCIceServer[];
  readonly makeConnection: MakeConnection;
  readonly encoding: Encoding;
  /** The codecs of which the child can do with compressed frames. */
  readonly childEncoded: readonly string[];
  /** For the child, through the server. */
  readonly say: (data: unknown) => void;
  /** The child wants voices, or none any more. */
  readonly audioChanged: () => void;
}

/** The parent's side of one link: offers, and everything that is sent to one child. */
export class DownLink {
  readonly #options: DownLinkOptions;
  readonly #peer: Peer;
  readonly #channel: RTCDataChannel;
  readonly #sections: Section[] = [];
  /** What belongs together, so that lips and voice keep together. */
  readonly #streams = new Map<string, MediaStream>();
  /** What the child could not decode as it came. */
  readonly #failed = new Set<RTCRtpReceiver>();
  /** What the child cannot play at all, by key. */
  readonly #refused = new Set<string>();
  #outgoing: readonly Outgoing[] = [];
  #wantsAudio = false;
  #seq = 0;
  #beats = 0;
  #said = '';
  /** An offer is out and not answered yet. */
  #pending = false;
  #again = false;
  #frames: ReadonlyMap<string, number> = new Map();

  constructor(options: DownLinkOptions) {
    this.#options = options;
    const { iceServers, makeConnection, say } = options;
    this.#peer = new Peer(
      makeConnection,
      { iceServers, bundlePolicy: 'max-bundle' },
      { candidate: (init) => say(candidateSignal(init)), state: () => {} },
    );
    this.#channel = this.#peer.connection.createDataChannel(CHANNEL, CHANNEL_OPTIONS);
    this.#channel.addEventListener('open', () => {
      this.#said = '';
      this.#tell();
    });
    this.#channel.addEventListener('message', ({ data }) => this.#heard(data));
    this.#renew(true);
  }

  get wantsAudio(): boolean {
    return this.#wantsAudio;
  }

  /** Sends exactly this from now on. */
  share(outgoing: readonly Outgoing[]): void {
    this.#outgoing = outgoing;
    this.#renew();
  }

  /** What the child says through the server. */
  hear(data: unknown): void {
    const signal = readSignal(data);
    if (signal?.type === 'candidate') this.#peer.hear(signal.candidate).catch(() => {});
    if (signal?.type !== 'answer') return;
    this.#peer
      .step(async () => {
        if (this.#peer.connection.signalingState !== 'have-local-offer') return;
        const { type, sdp = '' } = signal.description;
        await this.#peer.remote({ type, sdp: assumesLine(sdp, LINE) });
        this.#pending = false;
        if (this.#again || this.#sections.some(({ isDead, playing }) => isDead && playing)) this.#renew();
      })
      // The child notices that nothing comes, and asks for another link.
      .catch((error: unknown) => reportError(error));
  }

  /** Says that this side is alive, and how many frames each source has given. */
  beat(): void {
    if (this.#channel.readyState !== 'open') return;
    this.#beats += 1;
    this.#channel.send(beatText(this.#beats, this.#frames));
  }

  /** Reads what is sent and, if `whole`, what it costs; compressed frames that do not fit are given up. */
  async measure(whole: boolean): Promise<readonly SectionMeasure[]> {
    for (const { playing } of this.#sections) if (playing?.carrier?.unfit) this.#giveUp(playing.outgoing);
    if (this.#peer.connection.connectionState !== 'connected') return [];
    const { sections, frames } = await measureOf(this.#peer.connection, this.#sections, whole);
    this.#frames = frames;
    return sections;
  }

  close(): void {
    this.#channel.close();
    this.#peer.close();
    for (const section of this.#sections) section.close();
    this.#sections.length = 0;
  }

  #heard(data: unknown): void {
    const message = readToParent(data);
    if (message?.type === 'audio' && message.on !== this.#wantsAudio) {
      this.#wantsAudio = message.on;
      this.#renew();
      this.#options.audioChanged();
    }
    if (message?.type !== 'state' || message.ok) return;
    const playing = this.#sections.find(({ mid }) => mid === message.mid)?.playing;
    if (playing?.seq === message.seq && playing.way === 'encoded') this.#giveUp(playing.outgoing);
  }

  #giveUp({ receiver }: Outgoing): void {
    if (!receiver || this.#failed.has(receiver)) return;
    this.#failed.add(receiver);
    this.#renew();
  }

  #wayOf({ receiver, source }: Outgoing): Way {
    const { encoding, childEncoded } = this.#options;
    const both = encoding.codecs.some((codec) => childEncoded.includes(codec));
    const can = receiver && isPicture(source) && both && !this.#failed.has(receiver);
    return can ? 'encoded' : 'transcoded';
  }

  /** Brings what is sent in line with what is to be sent, says it, and offers it if that needs an offer. */
  #renew(must = false): void {
    this.#peer
      .step(async () => {
        const needs = await this.#arrange();
        this.#tell();
        if (!needs && !must && !this.#again) return;
        this.#again = this.#pending;
        if (!this.#pending) await this.#offer();
      })
      .catch((error: unknown) => reportError(error));
  }

  async #offer(): Promise<void> {
    const { connection } = this.#peer;
    await connection.setLocalDescription(await connection.createOffer());
    this.#pending = true;
    // Sections have names now.
    this.#tell();
    const { localDescription } = connection;
    if (localDescription) this.#options.say(descriptionSignal(localDescription));
  }

  /** Returns whether something has to be offered. */
  async #arrange(): Promise<boolean> {
    for (const { isDead, playing } of this.#sections) {
      if (isDead && playing) this.#refused.add(playing.outgoing.key);
    }
    const wanted = new Map(
      this.#outgoing
        .filter(({ source, key }) => (isPicture(source) || this.#wantsAudio) && !this.#refused.has(key))
        .map((one) => [one.key, one]),
    );
    const now = performance.now();
    for (const section of this.#sections) {
      const { playing } = section;
      if (!playing) continue;
      const next = wanted.get(playing.outgoing.key);
      if (!next) await section.empty(now);
      else {
        wanted.delete(next.key);
        await this.#follow(section, next);
      }
    }
    let needs = false;
    for (const one of wanted.values()) needs = (await this.#place(one, now)) || needs;
    return needs;
  }

  /** What played here plays here still; perhaps from elsewhere, or in another way. */
  async #follow(section: Section, next: Outgoing): Promise<void> {
    const { playing } = section;
    if (!playing) return;
    const way = this.#wayOf(next);
    const isSame =
      way === playing.way &&
      (way === 'encoded'
        ? next.receiver === playing.outgoing.receiver
        : next.track === playing.outgoing.track);
    if (isSame) section.rename(next);
    else await section.fill({ outgoing: next, way, seq: this.#nextSeq() });
  }

  /** Finds a section for it; whether it has to be offered. */
  async #place(one: Outgoing, now: number): Promise<boolean> {
    const what = { outgoing: one, way: this.#wayOf(one), seq: this.#nextSeq() };
    const stream = this.#streamOf(one);
    const kind = isPicture(one.source) ? 'video' : 'audio';
    const free = this.#sections.find((section) => section.isFree(kind, now));
    if (!free) {
      this.#sections.push(new Section(this.#peer.connection, what, this.#options.encoding, stream));
      return true;
    }
    await free.fill(what);
    // Without voices there is nothing to keep together with the picture.
    if (!this.#wantsAudio || free.stream === stream) return false;
    free.stream = stream;
    free.transceiver.sender.setStreams(stream);
    return true;
  }

  #streamOf(outgoing: Outgoing): MediaStream {
    const together = togetherOf(outgoing);
    const stream = this.#streams.get(together) ?? new MediaStream();
    this.#streams.set(together, stream);
    return stream;
  }

  #nextSeq(): number {
    this.#seq += 1;
    return this.#seq;
  }

  #tell(): void {
    if (this.#channel.readyState !== 'open') return;
    const tracks = this.#sections.flatMap(({ mid, playing }): Listed[] => {
      if (!playing || mid === null) return [];
      const { key, participant, name, source } = playing.outgoing;
      return [{ mid, key, participant, name, source, way: playing.way, seq: playing.seq }];
    });
    const text = tracksText(tracks);
    if (text === this.#said) return;
    this.#said = text;
    this.#channel.send(text);
  }
}
