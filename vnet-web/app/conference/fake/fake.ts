import {
  type Conference,
  ConferenceError,
  type ConferenceEvents,
  type ConferenceSnapshot,
  type HostActions,
  type JoinOptions,
  type LeaveReason,
  type ParticipantId,
  type Role,
  SOURCES,
  type Source,
  type Statistics,
  type StreamId,
  type Want,
} from '../conference';
import { ConferenceStore } from '../store';
import { enliven, hostLooks } from './life';
import { populate } from './people';
import { FakeRoom, type RoomEvent } from './room';
import { type MediaSources, ownSources } from './sources';
import { StreamsView } from './view';

export interface FakeOptions {
  /** The meeting; one of one's own if left out. Several conferences can be in one. */
  readonly room?: FakeRoom;
  readonly name?: string;
  readonly role?: Role;
  /** People who are there already. */
  readonly people?: number;
  /** One waits until `room.admit` lets one in. */
  readonly lobby?: boolean;
  /** They speak, write and come and go by themselves; otherwise only the script moves them. */
  readonly alive?: boolean;
  /** Milliseconds that everything takes: to come in, and until a picture plays. */
  readonly pace?: number;
  readonly sources?: MediaSources;
}

/** Options from an address: `?people=24&role=guest&lobby`. */
export function fakeOptions(search: string): FakeOptions {
  const query = new URLSearchParams(search);
  const people = Number(query.get('people') ?? 4);
  return {
    people: Number.isInteger(people) && people >= 0 && people <= 200 ? people : 4,
    role: query.get('role') === 'guest' ? 'guest' : 'host',
    lobby: query.has('lobby'),
    alive: !query.has('still'),
    pace: 250,
  };
}

/** A meeting that is made up in the browser, for development and tests. `room` is its script. */
export class FakeConference implements Conference {
  readonly provider = 'fake';
  readonly capabilities = {
    chat: true,
    hands: true,
    reactions: true,
    hostActions: true,
    screenAudio: true,
    want: true,
    receiveCap: true,
    pictures: 49,
  };
  readonly room: FakeRoom;
  readonly #options: FakeOptions;
  readonly #store = new ConferenceStore();
  readonly #view: StreamsView;
  readonly #host: HostActions;
  #id: ParticipantId | null = null;
  #entered: { readonly done: () => void; readonly failed: (error: ConferenceError) => void } | null = null;
  /** What was missed while the connection is lost. */
  #missed: RoomEvent[] | null = null;
  #since = 0;
  #endLife = () => {};

  constructor(options: FakeOptions = {}) {
    this.#options = options;
    this.room = options.room ?? new FakeRoom();
    populate(this.room, options.people ?? 0);
    this.#view = new StreamsView(this.room, options.sources ?? ownSources());
    this.#host = this.#hostActions();
  }

  get host(): HostActions | null {
    return this.#store.snapshot.self?.role === 'host' ? this.#host : null;
  }

  snapshot(): ConferenceSnapshot {
    return this.#store.snapshot;
  }

  subscribe(listener: () => void): () => void {
    return this.#store.subscribe(listener);
  }

  on<Name extends keyof ConferenceEvents>(
    name: Name,
    handler: (event: ConferenceEvents[Name]) => void,
  ): () => void {
    return this.#store.on(name, handler);
  }

  /* ---------- coming and going ---------- */

  async join(options: JoinOptions = {}): Promise<void> {
    if (this.#store.snapshot.state.kind !== 'idle')
      throw new ConferenceError('wrong_state', 'One joins once.');
    const { microphone = null, camera = null, microphoneMuted = false, cameraMuted = false } = options;
    this.#keep('microphone', microphone, microphoneMuted);
    this.#keep('camera', camera, cameraMuted);
    this.#store.update({ state: { kind: 'joining' } });
    const entered = new Promise<void>((done, failed) => {
      this.#entered = { done, failed };
    });
    await Promise.all([entered, this.#knock()]);
  }

  async #knock(): Promise<void> {
    await this.#pause();
    if (this.#store.snapshot.state.kind !== 'joining') return;
    const { name = 'You', role = 'host', lobby = false } = this.#options;
    if (lobby) this.room.setMeeting({ lobby: true });
    try {
      // Someone who must wait is not a host, whatever was asked for.
      this.#id = this.room.enter(name, lobby ? 'guest' : role, (event) => this.#told(event));
    } catch (error) {
      this.#out('locked', error instanceof Error ? error.message : null);
      return;
    }
    if (!this.room.waiting.has(this.#id)) {
      this.#admitted();
      return;
    }
    this.#store.update({ state: { kind: 'waiting' } });
    if (this.#options.alive) this.#endLife = hostLooks(this.room, this.#id);
  }

  #admitted(): void {
    const { local, state } = this.#store.snapshot;
    if (state.kind === 'joined' || this.#id === null) return;
    for (const source of SOURCES) {
      const { track, muted } = local[source];
      if (track) this.room.publish(this.#id, source, track, muted);
    }
    this.#since = performance.now();
    this.#store.update({ ...this.#everything(), state: { kind: 'joined' } });
    this.#entered?.done();
    void this.#start();
    this.#endLife();
    if (this.#options.alive) this.#endLife = enliven(this.room, () => this.#id);
  }

  async leave(): Promise<void> {
    this.#out('left', null);
  }

  #out(reason: LeaveReason, detail: string | null): void {
    if (this.#store.snapshot.state.kind === 'left') return;
    this.#endLife();
    if (this.#id !== null) this.room.leave(this.#id);
    this.#view.stopAll();
    const nobody = { participants: [], streams: [], self: null, dominant: null, waiting: [] };
    this.#store.end({ ...nobody, state: { kind: 'left', reason, detail } });
    this.#entered?.failed(new ConferenceError(reason, detail ?? `out of the meeting: ${reason}`));
  }

  /** The connection is lost, until `recover`. */
  lose(what: 'server' | 'media' = 'server'): void {
    if (this.#store.snapshot.state.kind !== 'joined' || this.#id === null) return;
    if (what === 'server') {
      this.#missed = [];
      this.room.change(this.#id, { connected: false });
    } else {
      this.#view.stalled = true;
    }
    this.#store.update({ state: { kind: 'reconnecting', what }, streams: this.#view.look(this.#id) });
  }

  /** The connection is back. */
  recover(): void {
    if (this.#store.snapshot.state.kind !== 'reconnecting' || this.#id === null) return;
    const missed = this.#missed ?? [];
    this.#missed = null;
    this.#view.stalled = false;
    this.room.change(this.#id, { connected: true });
    this.#store.update({ state: { kind: 'joined' } });
    for (const event of missed) this.#told(event);
    void this.#start();
  }

  /* ---------- what the room tells ---------- */

  #told(event: RoomEvent): void {
    if (this.#missed && event.type !== 'out') {
      this.#missed.push(event);
      return;
    }
    if (event.type === 'admitted') this.#admitted();
    else if (event.type === 'out') this.#out(event.reason, null);
    else if (this.#store.snapshot.self) this.#happened(event);
  }

  #happened(event: Exclude<RoomEvent, { type: 'admitted' | 'out' }>): void {
    switch (event.type) {
      case 'chat':
        this.#store.update(this.#everything());
        this.#store.emit('chat', event.line);
        break;
      case 'reaction':
        this.#store.emit('reaction', { participant: event.participant, emoji: event.emoji });
        break;
      case 'silenced':
        this.#silenced(event.source, event.by);
        break;
      case 'joined':
      case 'departed':
      case 'hand': {
        const isSelf = event.participant.id === this.#id;
        this.#store.emit(event.type, { ...event.participant, isSelf });
        break;
      }
      default:
        this.#store.update(this.#everything());
        void this.#start();
    }
  }

  #silenced(source: Source, by: ParticipantId | null): void {
    const { track } = this.#store.snapshot.local[source];
    if (track) track.enabled = false;
    this.#store.updateLocal(source, { muted: true });
    this.#store.emit('silenced', { source, by });
  }

  /** How the room stands now; the same objects where nothing changed. */
  #everything(): Partial<ConferenceSnapshot> {
    const before = this.#store.snapshot;
    const known = new Map(before.participants.map((one) => [one.id, one]));
    const participants = [...this.room.people.values()].map((one) => {
      const now = { ...one, isSelf: one.id === this.#id };
      const was = known.get(one.id);
      return was && JSON.stringify(was) === JSON.stringify(now) ? was : now;
    });
    const same = <T>(was: readonly T[], now: readonly T[]) =>
      was.length === now.length && now.every((one, at) => one === was[at]) ? was : now;
    const self = participants.find((one) => one.isSelf) ?? null;
    const chat = this.room.chat.filter(({ to, from }) => to === null || to === this.#id || from === this.#id);
    return {
      participants: same(before.participants, participants),
      self,
      streams: this.#view.look(this.#id),
      dominant: this.room.dominant,
      chat: same(before.chat, chat),
      waiting: same(before.waiting, self?.role === 'host' ? [...this.room.waiting.values()] : []),
      meeting: this.room.meeting,
    };
  }

  /** What is wanted plays after a moment. */
  async #start(): Promise<void> {
    if (!this.#store.snapshot.streams.some((stream) => stream.state === 'starting' && !stream.media)) return;
    await this.#pause();
    if (this.#store.snapshot.self && this.#view.play())
      this.#store.update({ streams: this.#view.look(this.#id) });
  }

  async #pause(): Promise<void> {
    const { pace = 0 } = this.#options;
    if (pace === 0) await Promise.resolve();
    else await new Promise((done) => setTimeout(done, pace));
  }

  /* ---------- what one does ---------- */

  /** One's own number, when one is in and connected. */
  #present(): ParticipantId {
    if (this.#store.snapshot.state.kind === 'joined' && this.#id !== null) return this.#id;
    throw new ConferenceError('not_connected', 'One is not in the meeting now.');
  }

  get #isIn(): boolean {
    return this.#store.snapshot.self !== null;
  }

  async setTrack(source: Source, track: MediaStreamTrack | null): Promise<void> {
    const { muted } = this.#store.snapshot.local[source];
    this.#keep(source, track, muted);
    if (!this.#isIn || this.#id === null) return;
    if (track) this.room.publish(this.#id, source, track, muted);
    else this.room.unpublish(this.#id, source);
  }

  #keep(source: Source, track: MediaStreamTrack | null, muted: boolean): void {
    if (track) track.enabled = !muted;
    // A source that was taken back begins anew.
    this.#store.updateLocal(source, { track, muted: track ? muted : false });
    const ended = () => {
      if (this.#store.snapshot.local[source].track === track) void this.setTrack(source, null);
    };
    track?.addEventListener('ended', ended, { once: true });
  }

  async setMuted(source: Source, muted: boolean): Promise<void> {
    const { track } = this.#store.snapshot.local[source];
    if (track) track.enabled = !muted;
    this.#store.updateLocal(source, { muted });
    if (this.#isIn && this.#id !== null) this.room.setMuted(this.#id, source, muted);
  }

  want(wants: ReadonlyMap<StreamId, Want>): void {
    this.#view.want(wants);
    this.#lookAgain();
  }

  setReceiveCap(bitsPerSecond: number | null): void {
    this.#view.cap = bitsPerSecond;
    this.#lookAgain();
  }

  #lookAgain(): void {
    if (!this.#isIn) return;
    this.#store.update({ streams: this.#view.look(this.#id) });
    void this.#start();
  }

  async sendChat(text: string, to?: ParticipantId): Promise<void> {
    this.room.say(this.#present(), text, to);
  }

  async raiseHand(raised: boolean, participant?: ParticipantId): Promise<void> {
    const own = this.#present();
    if (participant !== undefined && participant !== own) this.#mustBeHost();
    this.room.change(participant ?? own, { hand: raised });
  }

  async react(emoji: string): Promise<void> {
    this.room.react(this.#present(), emoji);
  }

  #mustBeHost(): ParticipantId {
    const own = this.#present();
    if (this.room.people.get(own)?.role === 'host') return own;
    throw new ConferenceError('not_host', 'Only a host may do that.');
  }

  #hostActions(): HostActions {
    const { room } = this;
    const asHost = (act: (own: ParticipantId) => void) => async () => act(this.#mustBeHost());
    const inside = (id: ParticipantId) => room.change(id, {});
    return {
      mute: (stream) => asHost((own) => room.silence(stream, own))(),
      remove: (id) =>
        asHost(() => {
          inside(id);
          room.putOut(id, 'removed');
        })(),
      lock: (locked) => asHost(() => room.setMeeting({ locked }))(),
      lobby: (lobby) => asHost(() => room.setMeeting({ lobby }))(),
      admit: (id) => asHost(() => room.admit(id))(),
      deny: (id) => asHost(() => room.deny(id))(),
      handOver: (id) =>
        asHost((own) => {
          room.change(id, { role: 'host' });
          room.change(own, { role: 'guest' });
        })(),
      end: asHost(() => room.end()),
    };
  }

  async statistics(): Promise<Statistics> {
    const { snapshot } = this.#store;
    const seconds = snapshot.self ? (performance.now() - this.#since) / 1000 : 0;
    const nothing = { loss: 0, jitterMs: 3, freezes: 0, codec: null, framesDecoded: null };
    const playing = snapshot.streams.filter((stream) => stream.state === 'playing');
    const incoming = playing.map(({ id, participant, source }) => {
      const isVideo = source === 'camera' || source === 'screen';
      const size = isVideo
        ? { width: 480, height: 270, framesPerSecond: 12 }
        : { width: null, height: null, framesPerSecond: null };
      const framesDecoded = isVideo ? Math.floor(seconds * 12) : null;
      return {
        stream: id,
        participant,
        source,
        direction: 'in' as const,
        bitrate: isVideo ? 400_000 : 32_000,
        ...nothing,
        ...size,
        framesDecoded,
      };
    });
    return {
      bytesReceived: Math.round((seconds * this.#view.bitrate) / 8),
      bytesSent: Math.round(seconds * 60_000),
      roundTripMs: 12,
      availableOutgoing: 2_000_000,
      transport: 'udp',
      streams: incoming,
    };
  }
}
