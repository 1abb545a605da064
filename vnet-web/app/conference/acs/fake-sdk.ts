import type {
  AcsCall,
  AcsEndReason,
  AcsFactory,
  AcsIdentifier,
  AcsJoinOptions,
  AcsReactionType,
  AcsRemoteAudio,
  AcsRemoteParticipant,
  AcsRemoteVideo,
} from './sdk';

/** Tells listeners, as everything of the SDK does. */
class Emitter {
  readonly #listeners = new Map<string, Set<(arg: never) => void>>();

  on(event: string, listener: (arg: never) => void): void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
  }

  off(event: string, listener: (arg: never) => void): void {
    this.#listeners.get(event)?.delete(listener);
  }

  emit(event: string, arg?: unknown): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) listener(arg as never);
  }

  get listening(): number {
    return [...this.#listeners.values()].reduce((sum, { size }) => sum + size, 0);
  }
}

/** Everything of the SDK happens a moment later. */
const later = (): Promise<void> => new Promise((done) => setTimeout(done));

export class FakeLocalStream {
  media: MediaStream;
  disposed = false;

  constructor(source: MediaStream) {
    this.media = source;
  }

  async setMediaStream(source: MediaStream): Promise<void> {
    await later();
    this.media = source;
  }

  dispose(): void {
    this.disposed = true;
  }
}

type FakeJoinOptions = AcsJoinOptions<FakeLocalStream, FakeLocalStream>;

let streams = 0;

class FakeRemoteVideo extends Emitter implements AcsRemoteVideo {
  readonly id = ++streams;
  readonly mediaStreamType: string;
  isAvailable = false;
  isReceiving = false;
  /** How often somebody asked for it. */
  asked = 0;
  #media: MediaStream | null = null;

  constructor(mediaStreamType: string) {
    super();
    this.mediaStreamType = mediaStreamType;
  }

  offer(available: boolean): void {
    if (available === this.isAvailable) return;
    this.isAvailable = available;
    this.isReceiving = false;
    this.#media = null;
    this.emit('isAvailableChanged');
  }

  async getMediaStream(): Promise<MediaStream> {
    this.asked += 1;
    await later();
    if (!this.isAvailable) throw new Error('the stream is not available');
    this.#media ??= document.createElement('canvas').captureStream();
    void later().then(() => this.#receive());
    return this.#media;
  }

  #receive(): void {
    if (this.isReceiving || !this.isAvailable) return;
    this.isReceiving = true;
    this.emit('isReceivingChanged');
  }
}

/** Somebody as another call sees them. */
class FakeRemoteParticipant extends Emitter implements AcsRemoteParticipant {
  readonly identifier: AcsIdentifier;
  readonly of: FakeCall;
  readonly videoStreams: readonly [FakeRemoteVideo, FakeRemoteVideo];
  state = 'Connected';
  isSpeaking = false;

  constructor(of: FakeCall) {
    super();
    this.of = of;
    this.identifier = { kind: 'communicationUser', communicationUserId: of.identity };
    this.videoStreams = [new FakeRemoteVideo('Video'), new FakeRemoteVideo('ScreenSharing')];
    this.see();
  }

  get displayName(): string {
    return this.of.displayName;
  }

  get isMuted(): boolean {
    return this.of.isMuted;
  }

  see(): void {
    this.videoStreams[0].offer(this.of.camera !== null);
    this.videoStreams[1].offer(this.of.screen !== null);
  }
}

export class FakeCall extends Emitter implements AcsCall<FakeLocalStream, FakeLocalStream> {
  readonly identity: string;
  readonly displayName: string;
  readonly remoteAudioStreams: readonly AcsRemoteAudio[] = [];
  readonly options: FakeJoinOptions;
  readonly diagnostics = Object.assign(new Emitter(), { latest: {} });
  readonly speakers = Object.assign(new Emitter(), { speakersList: [] as AcsIdentifier[] });
  readonly pictures = Object.assign(new Emitter(), { count: 9 });
  readonly figures = new Emitter();
  readonly hands = new Emitter();
  readonly reactions = new Emitter();
  readonly #service: FakeService;
  readonly #group: string;
  state = 'None';
  callEndReason?: AcsEndReason;
  isMuted: boolean;
  camera: FakeLocalStream | null;
  screen: FakeLocalStream | null = null;
  microphone: FakeLocalStream | null;
  hand = false;
  remoteParticipants: FakeRemoteParticipant[] = [];

  constructor(service: FakeService, group: string, identity: string, name: string, options: FakeJoinOptions) {
    super();
    this.#service = service;
    this.#group = group;
    this.identity = identity;
    this.displayName = name;
    this.options = options;
    this.isMuted = options.audioOptions?.muted ?? false;
    this.camera = options.videoOptions?.localVideoStreams?.[0] ?? null;
    this.microphone = options.audioOptions?.localAudioStreams?.[0] ?? null;
    void this.#begin();
  }

  get isScreenSharingOn(): boolean {
    return this.screen !== null;
  }

  /** Everybody else in the same group. */
  get others(): FakeCall[] {
    return this.#service.calls(this.#group).filter((call) => call !== this);
  }

  async #begin(): Promise<void> {
    this.#become('Connecting');
    await later();
    const refusal = this.#service.refusals.shift();
    if (refusal) return this.end(refusal);
    if (this.state !== 'Connecting') return;
    if (!this.#service.lobby) return this.admit();
    this.#service.waiting.push(this);
    this.#become('InLobby');
  }

  /** A host lets it in. */
  admit(): void {
    this.remoteParticipants = this.others.map((call) => new FakeRemoteParticipant(call));
    this.#service.enter(this.#group, this);
    this.#become('Connected');
    for (const call of this.others) call.#see([new FakeRemoteParticipant(this)], []);
  }

  /** The service ends it. */
  end(reason: AcsEndReason): void {
    if (this.state === 'Disconnected') return;
    this.#service.exit(this.#group, this);
    for (const call of this.others) {
      call.#see(
        [],
        call.remoteParticipants.filter(({ of }) => of === this),
      );
    }
    this.callEndReason = reason;
    this.#become('Disconnected');
  }

  #become(state: string): void {
    this.state = state;
    this.emit('stateChanged');
  }

  #see(added: FakeRemoteParticipant[], removed: FakeRemoteParticipant[]): void {
    this.remoteParticipants = [...this.remoteParticipants.filter((one) => !removed.includes(one)), ...added];
    this.emit('remoteParticipantsUpdated', { added, removed });
  }

  /** Tells all others what changed about this one. */
  #shown(event?: string): void {
    for (const call of this.others) {
      for (const one of call.remoteParticipants.filter(({ of }) => of === this)) {
        one.see();
        if (event) one.emit(event);
      }
    }
  }

  speak(isSpeaking: boolean): void {
    for (const call of this.others) {
      for (const one of call.remoteParticipants.filter(({ of }) => of === this)) one.isSpeaking = isSpeaking;
      if (isSpeaking) call.speakers.speakersList = [{ communicationUserId: this.identity }];
      call.speakers.emit('dominantSpeakersChanged');
    }
    this.#shown('isSpeakingChanged');
  }

  feature<Feature>(factory: AcsFactory<Feature>): Feature {
    this.#demand('Connected');
    return new factory.callApiCtor(this as never);
  }

  #demand(state: string): void {
    if (this.state !== state)
      throw Object.assign(new Error(`the call is ${this.state}`), { code: 412, subCode: 0 });
  }

  async #act(act: () => void, event?: string): Promise<void> {
    this.#demand('Connected');
    await later();
    const problem = this.#service.problems.shift();
    if (problem) throw problem;
    act();
    this.#shown(event);
  }

  mute(): Promise<void> {
    return this.#act(() => {
      this.isMuted = true;
    }, 'isMutedChanged');
  }

  unmute(): Promise<void> {
    return this.#act(() => {
      this.isMuted = false;
    }, 'isMutedChanged');
  }

  silence(): void {
    this.isMuted = true;
    this.#shown('isMutedChanged');
    this.emit('mutedByOthers');
  }

  startAudio(stream: FakeLocalStream): Promise<void> {
    return this.#act(() => {
      this.microphone = stream;
    });
  }

  startVideo(stream: FakeLocalStream): Promise<void> {
    return this.#act(() => {
      this.camera = stream;
    });
  }

  stopVideo(stream: FakeLocalStream): Promise<void> {
    return this.#act(() => {
      if (this.camera !== stream) throw new Error('another stream is sent');
      this.camera = null;
    });
  }

  startScreenSharing(stream: FakeLocalStream): Promise<void> {
    return this.#act(() => {
      this.screen = stream;
    });
  }

  stopScreenSharing(): Promise<void> {
    return this.#act(() => {
      this.screen = null;
    });
  }

  /** Somebody else took the screen over. */
  loseScreen(): void {
    this.screen = null;
    this.#shown();
    this.emit('isScreenSharingOnChanged');
  }

  raise(raised: boolean): void {
    this.hand = raised;
    for (const call of [this, ...this.others])
      call.hands.emit(raised ? 'raisedHandEvent' : 'loweredHandEvent');
  }

  react(reactionType: AcsReactionType): void {
    const event = { identifier: { communicationUserId: this.identity }, reactionMessage: { reactionType } };
    for (const call of [this, ...this.others]) call.reactions.emit('reaction', event);
  }

  async hangUp(): Promise<void> {
    this.#service.log.push('hangUp');
    await later();
    this.end({ code: 0, subCode: 0 });
  }
}

/** What all calls of one test have in common, and how the test moves it. */
export class FakeService {
  readonly log: string[] = [];
  readonly credentials: {
    readonly token: string;
    readonly refresh: () => Promise<string>;
    readonly proactive: boolean;
  }[] = [];
  /** Calls that were in the lobby. */
  readonly waiting: FakeCall[] = [];
  /** Each makes one call end before it begins. */
  readonly refusals: AcsEndReason[] = [];
  /** Each makes one action in a call fail. */
  readonly problems: Error[] = [];
  lobby = false;
  permitted = true;
  readonly #groups = new Map<string, FakeCall[]>();

  calls(group: string): readonly FakeCall[] {
    return this.#groups.get(group) ?? [];
  }

  /** All calls that go on. */
  get all(): FakeCall[] {
    return [...this.#groups.values()].flat();
  }

  join(group: string, identity: string, name: string, options: FakeJoinOptions): FakeCall {
    return new FakeCall(this, group, identity, name, options);
  }

  enter(group: string, call: FakeCall): void {
    this.#groups.set(group, [...this.calls(group), call]);
  }

  exit(group: string, call: FakeCall): void {
    this.#groups.set(
      group,
      this.calls(group).filter((one) => one !== call),
    );
  }
}
