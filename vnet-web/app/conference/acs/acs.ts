import { ApiError } from '../../api/client';
import type { Shell } from '../../shell';
import {
  type Capabilities,
  type Conference,
  ConferenceError,
  type ConferenceEvents,
  type ConferenceSnapshot,
  type JoinOptions,
  type LeaveReason,
  type LocalSource,
  type Participant,
  type ParticipantId,
  type Quality,
  type Role,
  type Source,
  type Statistics,
  type StreamId,
  type Want,
} from '../conference';
import type { TicketSource } from '../create';
import { ConferenceStore } from '../store';
import { rest } from './credential';
import { CallFeatures } from './features';
import { loadSdk } from './load';
import { Outgoing, type Silence } from './outgoing';
import { type Ending, endingOf, endingOfError, messageOf, sayEnding } from './reasons';
import { Roster } from './roster';
import type { AcsCall, AcsModule } from './sdk';
import { AcsSession, type AcsTicket, CallEnded } from './session';
import { changesOf, kept } from './snapshot';
import { Figures } from './statistics';
import { claimIdentity } from './tabs';
import { failure } from './words';

/** Waiting times before another attempt to get in, in milliseconds. */
const PAUSES = [1_000, 3_000, 8_000];
/** As many pictures as the SDK shows at once where it does not say how many the device can. */
const MOST_PICTURES = 16;

/** A meeting that is a group call of Azure Communication Services. */
export async function createAcsConference(shell: Shell, tickets: TicketSource): Promise<Conference> {
  // The SDK takes no other page, not even one of the loopback address.
  if (location.protocol === 'http:' && location.hostname !== 'localhost')
    throw failure('insecure', 'insecure');
  return new AcsConference(await loadSdk(shell.acsModule), shell.tokenUrl, tickets);
}

export class AcsConference implements Conference {
  readonly provider = 'acs';
  capabilities: Capabilities;
  /** Nobody can be made to do anything in a group call. */
  readonly host = null;
  readonly #sdk: AcsModule;
  readonly #tokenUrl: string;
  readonly #tickets: TicketSource;
  readonly #store = new ConferenceStore();
  readonly #outgoing: Outgoing;
  readonly #figures = new Figures();
  readonly #stop = new AbortController();
  readonly #wants = new Map<StreamId, Want>();
  #session: AcsSession | null = null;
  #roster: Roster | null = null;
  #features: CallFeatures | null = null;
  #me: { readonly id: ParticipantId; readonly name: string; readonly role: Role } | null = null;
  #hands: ReadonlySet<ParticipantId> = new Set();
  #quality: Quality | null = null;
  /** Ends the watch over the device of each source. */
  readonly #unplug = new Map<Source, () => void>();
  #release = () => {};
  #unlisten = () => {};
  #farewell: Promise<void> | null = null;

  constructor(sdk: AcsModule, tokenUrl: string, tickets: TicketSource, silence?: () => Silence | null) {
    this.#sdk = sdk;
    this.#tokenUrl = tokenUrl;
    this.#tickets = tickets;
    this.#outgoing = new Outgoing(sdk, () => this.#store.snapshot.local, silence);
    this.capabilities = {
      chat: false,
      hands: sdk.Features.RaiseHand !== undefined,
      reactions: sdk.Features.Reaction !== undefined,
      hostActions: false,
      screenAudio: false,
      want: true,
      receiveCap: false,
      pictures: MOST_PICTURES,
    };
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
    const { microphone = null, microphoneMuted = false, camera = null, cameraMuted = false } = options;
    this.#keep('microphone', { track: microphone, muted: microphoneMuted });
    this.#keep('camera', { track: camera, muted: cameraMuted });
    this.#store.update({ state: { kind: 'joining' } });
    try {
      await this.#enter();
    } catch (error) {
      const told =
        error instanceof ConferenceError
          ? error
          : failure('failed', 'refused', { message: messageOf(error) });
      await this.#out(reasonOf(told.code), told.message);
      throw told;
    }
  }

  leave(): Promise<void> {
    return this.#out('left', null);
  }

  /** Gets in, trying again where that makes sense; fails with `ConferenceError`. */
  async #enter(): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await this.#attempt();
        return;
      } catch (cause) {
        this.#clear();
        await this.#session?.close();
        if (this.#stop.signal.aborted) throw this.#gone();
        if (cause instanceof ConferenceError) throw cause;
        const ending = cause instanceof CallEnded ? cause.ending : endingOfError(cause);
        const pause = PAUSES[attempt];
        if (!ending.retry || pause === undefined) throw sayEnding(ending);
        await rest(pause, this.#stop.signal).catch(() => {
          throw this.#gone();
        });
      }
    }
  }

  async #attempt(): Promise<void> {
    const ticket = await this.#ticket();
    this.#me = { id: ticket.user_id, name: ticket.display_name, role: ticket.role };
    this.#release();
    this.#release = await claimIdentity(ticket.user_id, () =>
      this.#out('elsewhere', failure('', 'elsewhere').message),
    );
    if (this.#stop.signal.aborted) throw this.#gone();
    const session = new AcsSession(this.#sdk);
    this.#session = session;
    const { microphone, camera } = this.#store.snapshot.local;
    const call = await session.open({
      ticket,
      tokenUrl: this.#tokenUrl,
      initial: () => this.#outgoing.initial(),
      devices: { audio: microphone.track !== null, video: camera.track !== null },
      events: {
        lobby: () => this.#store.update({ state: { kind: 'waiting' } }),
        ended: (ending) => this.#ended(ending),
        signedOut: () => this.#store.emit('refused', failure('session-ended', 'signedOut')),
        notPermitted: () => this.#store.emit('refused', failure('acs_permission', 'permission')),
      },
    });
    if (this.#stop.signal.aborted) throw this.#gone();
    this.#entered(call);
  }

  async #ticket(): Promise<AcsTicket> {
    const ticket = await this.#tickets(this.#stop.signal).catch((error: unknown) => {
      throw refusalOf(error);
    });
    if (ticket.provider !== 'acs') throw failure('failed', 'unsupported');
    return ticket;
  }

  #entered(call: AcsCall): void {
    const silenced = () => {
      if (this.#store.snapshot.local.microphone.muted) return;
      this.#keep('microphone', { muted: true });
      this.#store.emit('silenced', { source: 'microphone', by: null });
    };
    const screen = () => {
      if (call.isScreenSharingOn || !this.#outgoing.sharesScreen) return;
      this.#outgoing.screenEnded();
      this.#keep('screen', { track: null });
    };
    const goes = () => void this.leave();
    call.on('mutedByOthers', silenced);
    call.on('isScreenSharingOnChanged', screen);
    // Who goes without a word stays in the call for a minute.
    addEventListener('pagehide', goes);
    this.#unlisten = () => {
      call.off('mutedByOthers', silenced);
      call.off('isScreenSharingOnChanged', screen);
      removeEventListener('pagehide', goes);
    };
    this.#roster = new Roster(call, this.#me?.id ?? '', () => this.#look());
    this.#roster.want(this.#wants);
    this.#figures.follow(call, this.#sdk.Features);
    const roster = this.#roster;
    this.#features = new CallFeatures(call, this.#sdk.Features, {
      hands: (raised) => {
        this.#hands = raised;
        this.#look();
      },
      reaction: (participant, emoji) => this.#store.emit('reaction', { participant, emoji }),
      dominant: (dominant) => this.#store.update({ dominant }),
      pictures: (count) => {
        this.capabilities = { ...this.capabilities, pictures: count };
        roster.limit(count);
      },
      network: ({ quality, lost }) => this.#network(quality, lost),
    });
    // Who is there already has not just come.
    this.#store.update({ ...this.#everybody(), state: { kind: 'joined' } });
    void this.#outgoing.attach(call).catch((error: ConferenceError) => this.#store.emit('refused', error));
  }

  /** The call ended by itself. */
  #ended(ending: Ending): void {
    this.#clear();
    const lost = this.#session;
    if (!ending.retry) {
      const detail = ending.word ? sayEnding(ending).message : null;
      void this.#out(ending.reason, detail);
      return;
    }
    const nobody = { participants: this.#everybody().participants, streams: [], dominant: null };
    this.#store.update({ ...nobody, state: { kind: 'reconnecting', what: 'server' } });
    const again = async () => {
      await lost?.close();
      await this.#enter();
    };
    again().catch((error: unknown) => {
      const told = error instanceof ConferenceError ? error : sayEnding(endingOf(undefined));
      void this.#out(reasonOf(told.code), told.message);
    });
  }

  #clear(): void {
    this.#unlisten();
    this.#unlisten = () => {};
    this.#features?.dispose();
    this.#features = null;
    this.#figures.stop();
    this.#roster?.dispose();
    this.#roster = null;
    this.#outgoing.dispose();
    this.#hands = new Set();
    this.#quality = null;
  }

  #out(reason: LeaveReason, detail: string | null): Promise<void> {
    this.#farewell ??= this.#goOut(reason, detail);
    return this.#farewell;
  }

  async #goOut(reason: LeaveReason, detail: string | null): Promise<void> {
    this.#stop.abort();
    for (const end of this.#unplug.values()) end();
    this.#unlisten();
    this.#features?.dispose();
    this.#features = null;
    this.#figures.stop();
    this.#roster?.dispose();
    this.#roster = null;
    const nobody = { participants: [], streams: [], self: null, dominant: null };
    this.#store.end({ ...nobody, state: { kind: 'left', reason, detail } });
    // Hanging up comes first; what was sent ends with it.
    await this.#session?.close();
    this.#outgoing.dispose();
    this.#release();
  }

  #gone(): ConferenceError {
    const { state } = this.#store.snapshot;
    const [reason, detail] = state.kind === 'left' ? [state.reason, state.detail] : ['left', null];
    return new ConferenceError(reason, detail ?? `out of the meeting: ${reason}`);
  }

  /* ---------- what is seen ---------- */

  #everybody(): Pick<ConferenceSnapshot, 'self' | 'participants' | 'streams'> {
    const before = this.#store.snapshot;
    const others = this.#roster?.participants(this.#hands) ?? [];
    const participants = kept(before.participants, [...this.#self(), ...others]);
    const streams = kept(before.streams, this.#roster?.streams() ?? []);
    return { self: participants.find((one) => one.isSelf) ?? null, participants, streams };
  }

  #self(): Participant[] {
    if (!this.#me) return [];
    const { state } = this.#store.snapshot;
    const connected = state.kind !== 'reconnecting';
    const hand = this.#hands.has(this.#me.id);
    return [{ ...this.#me, isSelf: true, hand, connected, quality: this.#quality, level: 0 }];
  }

  #look(): void {
    const before = this.#store.snapshot;
    if (!this.#roster || before.self === null) return;
    const now = this.#everybody();
    this.#store.update(now);
    const { came, went, hands } = changesOf(before.participants, now.participants);
    for (const one of came) this.#store.emit('joined', one);
    for (const one of went) this.#store.emit('departed', one);
    for (const one of hands) this.#store.emit('hand', one);
  }

  #network(quality: Quality | null, lost: boolean): void {
    this.#quality = quality;
    const { kind } = this.#store.snapshot.state;
    // What is lost to the service comes back by itself, or the call ends.
    if (lost && kind === 'joined') this.#store.update({ state: { kind: 'reconnecting', what: 'media' } });
    if (!lost && kind === 'reconnecting') this.#store.update({ state: { kind: 'joined' } });
    this.#look();
  }

  /* ---------- what one does ---------- */

  async setTrack(source: Source, track: MediaStreamTrack | null): Promise<void> {
    if (source === 'screenAudio' && track) throw failure('unsupported', 'unsupported');
    await this.#change(source, { track });
  }

  setMuted(source: Source, muted: boolean): Promise<void> {
    return this.#change(source, { muted });
  }

  async #change(source: Source, change: Partial<LocalSource>): Promise<void> {
    if (this.#farewell) return;
    const before = this.#store.snapshot.local[source];
    this.#keep(source, change);
    const mine = this.#store.snapshot.local[source];
    await this.#outgoing.sync().catch((error: unknown) => {
      // Nothing pretends to be sent, unless something else is wanted by now.
      if (this.#store.snapshot.local[source] === mine) this.#keep(source, before);
      throw error;
    });
  }

  #keep(source: Source, change: Partial<LocalSource>): void {
    const before = this.#store.snapshot.local[source].track;
    this.#store.updateLocal(source, change);
    const { track, muted } = this.#store.snapshot.local[source];
    if (track) track.enabled = !muted;
    if (track === before) return;
    this.#unplug.get(source)?.();
    const unplugged = () => void this.setTrack(source, null).catch(() => {});
    track?.addEventListener('ended', unplugged);
    this.#unplug.set(source, () => track?.removeEventListener('ended', unplugged));
  }

  /** The SDK plays the sound, so it is the SDK that has to be told where. */
  async setLoudspeaker(device: { readonly deviceId: string; readonly label: string }): Promise<void> {
    const devices = this.#session?.devices;
    if (!devices?.isSpeakerSelectionAvailable) throw failure('unsupported', 'unsupported');
    const speakers = await devices.getSpeakers();
    const named = speakers.find(({ id }) => id === device.deviceId || id.endsWith(`:${device.deviceId}`));
    const speaker = named ?? speakers.find(({ name }) => name === device.label);
    if (!speaker) throw failure('unsupported', 'unsupported');
    await devices.selectSpeaker(speaker);
  }

  want(wants: ReadonlyMap<StreamId, Want>): void {
    for (const [id, want] of wants) this.#wants.set(id, want);
    this.#roster?.want(wants);
  }

  setReceiveCap(): void {
    // The service decides by itself what it sends; see `capabilities`.
  }

  async sendChat(): Promise<void> {
    throw failure('unsupported', 'unsupported');
  }

  async raiseHand(raised: boolean, participant?: ParticipantId): Promise<void> {
    const others = participant === undefined || participant === this.#me?.id ? null : participant;
    if (others !== null && raised) throw failure('unsupported', 'unsupported');
    await this.#use((features) => features.raiseHand(raised, others));
  }

  async react(emoji: string): Promise<void> {
    if (!(await this.#use((features) => features.react(emoji)))) throw failure('bad_text', 'reaction');
  }

  async #use<T>(act: (features: CallFeatures) => Promise<T>): Promise<T> {
    if (!this.#features) throw failure('wrong_state', 'unsupported');
    try {
      return await act(this.#features);
    } catch (error) {
      throw failure('acs_refused', 'refused', { message: messageOf(error) });
    }
  }

  async statistics(): Promise<Statistics> {
    return this.#figures.read(this.#roster);
  }
}

/** The server gives no ticket. */
function refusalOf(error: unknown): ConferenceError {
  if (error instanceof ConferenceError) return error;
  const status = error instanceof ApiError ? error.status : 0;
  if (status === 401) return failure('session-ended', 'signedOut');
  if (status === 404) return failure('not-found', 'notFound');
  return failure('failed', 'refused', { message: messageOf(error) });
}

const REASONS: readonly string[] = [
  'left',
  'removed',
  'ended',
  'denied',
  'locked',
  'elsewhere',
  'session-ended',
  'full',
  'not-found',
] satisfies LeaveReason[];

const reasonOf = (code: string): LeaveReason => (REASONS.includes(code) ? (code as LeaveReason) : 'failed');
