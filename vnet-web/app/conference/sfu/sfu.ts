import type { ServerMessage } from '../../generated/sfu-protocol';
import {
  type Conference,
  ConferenceError,
  type ConferenceEvents,
  type ConferenceSnapshot,
  type ConferenceState,
  type HostActions,
  type JoinOptions,
  type LeaveReason,
  type ParticipantId,
  SOURCES,
  type Source,
  type Statistics,
  type StreamId,
  type Want,
} from '../conference';
import type { TicketSource } from '../create';
import { ConferenceStore } from '../store';
import { tell } from './events';
import { Keeper } from './keeper';
import { Link } from './link';
import { MOST_VIDEO } from './media';
import { watchNetwork, watchPage } from './network';
import {
  type Ask,
  fromWire,
  type Message,
  mustBeNumber,
  numberOf,
  participantId,
  streamId,
} from './protocol';
import { Slots } from './slots';
import { Sources } from './sources';
import { EMPTY, type Room, reduce } from './state';
import { see } from './view';
import { Wants } from './want';

/** How far one has come. */
type Phase = 'idle' | 'joining' | 'waiting' | 'in' | 'left';

/** A meeting on the embedded media server. `docs/protocol.md` says what the messages mean. */
export class SfuConference implements Conference {
  readonly provider = 'sfu';
  readonly capabilities = {
    chat: true,
    hands: true,
    reactions: true,
    hostActions: true,
    screenAudio: true,
    want: true,
    receiveCap: true,
    pictures: MOST_VIDEO,
  };
  readonly #store = new ConferenceStore();
  readonly #link: Link;
  readonly #keeper: Keeper;
  readonly #slots = new Slots(() => this.#look());
  readonly #wants: Wants;
  readonly #sources: Sources;
  readonly #host: HostActions;
  #room: Room = EMPTY;
  #phase: Phase = 'idle';
  #serverLost = false;
  #blocked = false;
  #hasMoved = false;
  #entered: { readonly done: () => void; readonly failed: (error: ConferenceError) => void } | null = null;
  #unwatch: (() => void)[] = [];

  readonly #inReach: boolean;

  /** @param keep keeps compressed pictures within reach of `receiverOf`: told of each receiver as it is made */
  constructor(tickets: TicketSource, keep: ((receiver: RTCRtpReceiver) => void) | null = null) {
    this.#inReach = keep !== null;
    this.#keeper = new Keeper({
      made: (receiver) => keep?.(receiver),
      local: () => this.#store.snapshot.local,
      ask: async (offer) => (await this.#request({ type: 'offer', offer })) as Message<'answer'>,
      changed: () => this.#look(),
      cleared: () => {
        this.#slots.clear();
        this.#room = { ...this.#room, slots: EMPTY.slots };
      },
    });
    this.#link = new Link(tickets, {
      prepare: async ({ ticket, ice_servers }) => ({ ...(await this.#keeper.prepare(ice_servers)), ticket }),
      hear: (message) => this.#hear(message),
      lastEvent: () => this.#room.lastEvent,
      lost: () => this.#lost(),
      out: (reason, detail) => this.#out(reason, detail),
      fault: (error) => reportError(error),
    });
    this.#wants = new Wants((tracks) => this.#request({ type: 'want', tracks }));
    this.#sources = new Sources({
      room: () => this.#room,
      local: (source) => this.#store.snapshot.local[source],
      mid: (source) => this.#keeper.media?.sender(source).mid ?? null,
      isConnected: () => this.#isConnected,
      request: (ask) => this.#link.request(ask),
    });
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
    if (this.#phase !== 'idle') throw new ConferenceError('wrong_state', 'A conference is joined once.');
    this.#phase = 'joining';
    const { microphone = null, camera = null, microphoneMuted = false, cameraMuted = false } = options;
    this.#keep('microphone', microphone, microphoneMuted);
    this.#keep('camera', camera, cameraMuted);
    this.#unwatch = [watchNetwork(() => this.#moved()), watchPage(() => this.#leave(true))];
    const entered = new Promise<void>((done, failed) => {
      this.#entered = { done, failed };
    });
    this.#look();
    this.#link.start();
    return entered;
  }

  async leave(): Promise<void> {
    this.#leave(false);
  }

  #leave(forReload: boolean): void {
    this.#link.leave(forReload);
    this.#out('left', null);
  }

  #out(reason: LeaveReason, detail: string | null): void {
    if (this.#phase === 'left') return;
    this.#phase = 'left';
    for (const end of this.#unwatch) end();
    this.#wants.lost();
    this.#slots.clear();
    void this.#keeper.close();
    const nobody = { participants: [], streams: [], self: null, dominant: null, waiting: [] };
    this.#store.end({ ...nobody, state: { kind: 'left', reason, detail } });
    this.#entered?.failed(new ConferenceError(reason, detail ?? `out of the meeting: ${reason}`));
  }

  #moved(): void {
    this.#hasMoved = true;
    this.#link.moved();
  }

  #lost(): void {
    this.#serverLost = true;
    this.#wants.lost();
    this.#look();
  }

  get #isConnected(): boolean {
    return this.#phase === 'in' && !this.#serverLost;
  }

  /* ---------- what the server says ---------- */

  async #hear(message: ServerMessage): Promise<void> {
    if (this.#phase === 'left') return;
    const before = this.#room;
    this.#room = reduce(before, message);
    switch (message.type) {
      case 'welcome':
        await this.#welcomed(message);
        break;
      case 'waiting':
        this.#phase = 'waiting';
        this.#serverLost = false;
        break;
      case 'resumed':
        this.#isBack(false);
        break;
      case 'encode':
        for (const { track, layers } of message.tracks) this.#encode(track, layers);
        break;
      case 'media_lost':
        this.#keeper.serverMisses();
        break;
      case 'no_media':
        this.#blocked = true;
        break;
      case 'error':
        this.#refused(message);
        break;
      default:
        break;
    }
    const silenced = this.#silenced(before, message);
    this.#look();
    tell(this.#store, before, this.#room, message);
    if (silenced) this.#store.emit('silenced', silenced);
  }

  async #welcomed({ answer }: Message<'welcome'>): Promise<void> {
    try {
      await this.#keeper.answered(answer);
    } catch (error) {
      this.#link.leave();
      this.#out('failed', error instanceof Error ? error.message : null);
      return;
    }
    if ((this.#phase as Phase) === 'left') return;
    this.#phase = 'in';
    this.#isBack(true);
    this.#look();
    this.#entered?.done();
  }

  /** The server knows one (again). `isAnew`: as somebody new. */
  #isBack(isAnew: boolean): void {
    this.#serverLost = false;
    this.#blocked = false;
    this.#wants.connected(isAnew);
    if (!isAnew) this.#keeper.serverIsBack(this.#hasMoved);
    this.#hasMoved = false;
    for (const source of SOURCES) {
      this.#settle(source).catch((error: unknown) => {
        if (error instanceof ConferenceError) this.#store.emit('refused', error);
      });
    }
  }

  #encode(track: number, layers: readonly string[]): void {
    const own = this.#room.tracks.get(track);
    if (own?.participant === this.#room.you) this.#keeper.encode(fromWire(own.source), layers);
  }

  /** What no request is waiting for. */
  #refused({ id, code, message }: Message<'error'>): void {
    if (typeof id !== 'number' && this.#phase === 'in')
      this.#store.emit('refused', new ConferenceError(code, message));
  }

  /** A host has muted one's own track: it is silent from now on. */
  #silenced(before: Room, message: ServerMessage): ConferenceEvents['silenced'] | null {
    if (message.type !== 'track_changed' || message.event <= before.lastEvent) return null;
    const { track, by } = message;
    if (typeof by !== 'number' || track.participant !== this.#room.you || !track.muted) return null;
    const source = fromWire(track.source);
    this.#keep(source, this.#store.snapshot.local[source].track, true);
    return { source, by: participantId(this.#room.epoch, by) };
  }

  /** Brings the snapshot in line with everything. */
  #look(): void {
    const { epoch, tracks, you, slots } = this.#room;
    if (this.#phase === 'left') return;
    const others = [...tracks.values()].filter((track) => track.participant !== you);
    this.#wants.offer(
      others.map(({ id, source }) => ({ id: streamId(epoch, id), track: id, source: fromWire(source) })),
    );
    if (this.#isConnected) this.#keeper.grow(this.#wants.pictures);
    const played = this.#slots.look(slots, this.#keeper.media);
    const before = this.#store.snapshot;
    if (this.#keeper.media?.flow === 'connected') this.#blocked = false;
    const state = this.#state();
    const isSame = JSON.stringify(state) === JSON.stringify(before.state);
    const seen = this.#phase === 'in' ? see(this.#room, before, played, this.#wants) : {};
    this.#store.update({ ...seen, state: isSame ? before.state : state });
  }

  #state(): ConferenceState {
    if (this.#serverLost) return { kind: 'reconnecting', what: 'server' };
    if (this.#phase === 'in') {
      if (this.#blocked) return { kind: 'reconnecting', what: 'media', blocked: true };
      return this.#keeper.isLost ? { kind: 'reconnecting', what: 'media' } : { kind: 'joined' };
    }
    return { kind: this.#phase === 'waiting' ? 'waiting' : 'joining' };
  }

  /* ---------- what one sends ---------- */

  #keep(source: Source, track: MediaStreamTrack | null, muted: boolean): void {
    if (track) track.enabled = !muted;
    const isNew = track !== this.#store.snapshot.local[source].track;
    // A source that was taken back begins anew.
    this.#store.updateLocal(source, { track, muted: track ? muted : false });
    if (!track || !isNew) return;
    const ended = () => {
      if (this.#store.snapshot.local[source].track === track)
        void this.setTrack(source, null).catch(() => {});
    };
    track.addEventListener('ended', ended, { once: true });
  }

  async setTrack(source: Source, track: MediaStreamTrack | null): Promise<void> {
    if (this.#phase === 'left') return;
    this.#keep(source, track, this.#store.snapshot.local[source].muted);
    await this.#keeper.setTrack(source, track);
    await this.#settle(source);
  }

  async setMuted(source: Source, muted: boolean): Promise<void> {
    if (this.#phase === 'left') return;
    const { track } = this.#store.snapshot.local[source];
    if (track) track.enabled = !muted;
    this.#store.updateLocal(source, { muted });
    await this.#settle(source);
  }

  /** Says it to the server; what it refuses is taken back here, too. */
  async #settle(source: Source): Promise<void> {
    const { track } = this.#store.snapshot.local[source];
    try {
      await this.#sources.settle(source);
    } catch (error) {
      if (track && this.#store.snapshot.local[source].track === track) {
        this.#keep(source, null, false);
        await this.#keeper.setTrack(source, null);
      }
      throw error;
    }
  }

  /* ---------- what one asks for ---------- */

  #request(ask: Ask): Promise<ServerMessage> {
    if (this.#isConnected) return this.#link.request(ask);
    return Promise.reject(new ConferenceError('not_connected', 'One is not in the meeting now.'));
  }

  want(wants: ReadonlyMap<StreamId, Want>): void {
    this.#wants.set(wants);
    this.#look();
  }

  setReceiveCap(bitsPerSecond: number | null): void {
    this.#wants.setCap(bitsPerSecond);
    this.#look();
  }

  /** Says something with somebody's number in it. */
  async #ask(make: (number: (id: ParticipantId | StreamId) => number) => Ask): Promise<void> {
    await this.#request(make((id) => mustBeNumber(this.#room.epoch, id)));
  }

  sendChat(text: string, to?: ParticipantId): Promise<void> {
    return this.#ask((number) => ({ type: 'chat', text, ...(to !== undefined && { to: number(to) }) }));
  }

  raiseHand(raised: boolean, participant?: ParticipantId): Promise<void> {
    const whose = participant === this.#store.snapshot.self?.id ? undefined : participant;
    return this.#ask((number) => ({
      type: 'hand',
      raised,
      ...(whose !== undefined && { participant: number(whose) }),
    }));
  }

  react(emoji: string): Promise<void> {
    return this.#ask(() => ({ type: 'react', emoji }));
  }

  /** Ends the meeting; that one is out of it is the answer. */
  async #end(): Promise<void> {
    await this.#ask(() => ({ type: 'end' })).catch((error: unknown) => {
      const { state } = this.#store.snapshot;
      if (state.kind !== 'left' || state.reason !== 'ended') throw error;
    });
  }

  #hostActions(): HostActions {
    return {
      mute: (stream) => this.#ask((number) => ({ type: 'mute_track', track: number(stream) })),
      remove: (id) => this.#ask((number) => ({ type: 'remove', participant: number(id) })),
      lock: (locked) => this.#ask(() => ({ type: 'lock', locked })),
      lobby: (enabled) => this.#ask(() => ({ type: 'lobby', enabled })),
      admit: (id) => this.#ask((number) => ({ type: 'admit', participant: number(id) })),
      deny: (id) => this.#ask((number) => ({ type: 'deny', participant: number(id) })),
      handOver: (id) => this.#ask((number) => ({ type: 'hand_over', participant: number(id) })),
      end: () => this.#end(),
    };
  }

  receiverOf(stream: StreamId): RTCRtpReceiver | null {
    if (!this.#inReach) return null;
    const track = numberOf(this.#room.epoch, stream);
    return track === null ? null : this.#slots.receiverOf(track);
  }

  iceServers(): readonly RTCIceServer[] {
    return this.#keeper.iceServers;
  }

  statistics(): Promise<Statistics> {
    return this.#keeper.statistics((mid) => {
      const source = this.#keeper.media?.sourceOf(mid);
      if (source) return { stream: null, participant: this.#store.snapshot.self?.id ?? null, source };
      const track = this.#room.tracks.get(this.#slots.trackOf(mid) ?? -1);
      if (!track) return null;
      const { epoch } = this.#room;
      const stream = streamId(epoch, track.id);
      return { stream, participant: participantId(epoch, track.participant), source: fromWire(track.source) };
    });
  }
}
