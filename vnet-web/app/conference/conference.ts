/**
 * A meeting, whoever carries it. Pages and LAN sharing know this file and nothing of the providers.
 *
 * A conference has a state that is read as an immutable snapshot and subscribed to as a whole (made for
 * React's `useSyncExternalStore`), and events for what is over as soon as it happened.
 */

/** Names a participant within this meeting. */
export type ParticipantId = string;
/** Names a stream within this meeting. */
export type StreamId = string;

export type Source = 'microphone' | 'camera' | 'screen' | 'screenAudio';
export const SOURCES: readonly Source[] = ['microphone', 'camera', 'screen', 'screenAudio'];
export const isPicture = (source: Source): boolean => source === 'camera' || source === 'screen';

export type Role = 'host' | 'guest';
export type Quality = 'good' | 'fair' | 'poor' | 'lost';

/** Why one is out. */
export type LeaveReason =
  | 'left'
  | 'removed'
  | 'ended'
  | 'denied'
  | 'locked'
  | 'elsewhere'
  | 'session-ended'
  | 'full'
  | 'not-found'
  /** No sound and no picture came through: something in between lets none pass. */
  | 'blocked'
  | 'failed';

export type ConferenceState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'joining' }
  /** In the lobby, until a host lets one in. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'joined' }
  /**
   * Lost; the conference comes back by itself. `media`: only sound and picture are lost; `blocked`: none has ever
   * come through, a firewall may be in between.
   */
  | { readonly kind: 'reconnecting'; readonly what: 'server' | 'media'; readonly blocked?: true }
  | { readonly kind: 'left'; readonly reason: LeaveReason; readonly detail: string | null };

export interface Participant {
  readonly id: ParticipantId;
  readonly name: string;
  readonly isSelf: boolean;
  readonly role: Role;
  readonly hand: boolean;
  /** `false` while their connection is lost and may still come back. */
  readonly connected: boolean;
  readonly quality: Quality | null;
  /** Loudness, 0 (silent) to 1, of who speaks now. */
  readonly level: number;
}

/** What somebody else publishes. */
export interface Stream {
  readonly id: StreamId;
  readonly participant: ParticipantId;
  readonly source: Source;
  /** Published, but its owner sends nothing. */
  readonly muted: boolean;
  /** What plays; `null` until something does. Another object when the underlying track changes. */
  readonly media: MediaStream | null;
  /**
   * `off`: not wanted here; `starting`: wanted, nothing arrived yet; `playing`; `paused`: the link is too narrow;
   * `unplayable`: this browser does not know what it is encoded in.
   */
  readonly state: 'off' | 'starting' | 'playing' | 'paused' | 'unplayable';
}

/** What oneself publishes of one source. */
export interface LocalSource {
  /** What is captured; `null`: nothing, also after the device was unplugged. */
  readonly track: MediaStreamTrack | null;
  readonly muted: boolean;
}

export interface ChatLine {
  readonly id: string;
  readonly from: ParticipantId;
  readonly name: string;
  /** Only to this participant; `null`: to all. */
  readonly to: ParticipantId | null;
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface Waiting {
  readonly id: ParticipantId;
  readonly name: string;
}

export interface MeetingState {
  readonly locked: boolean;
  readonly lobby: boolean;
  /** Milliseconds since 1970; `null`: not known. */
  readonly startedAt: number | null;
}

export interface ConferenceSnapshot {
  readonly state: ConferenceState;
  /** Oneself; `null` before one is in. */
  readonly self: Participant | null;
  /** Everybody, oneself included, in the order in which they came. */
  readonly participants: readonly Participant[];
  /** Everything that others publish. */
  readonly streams: readonly Stream[];
  readonly local: Readonly<Record<Source, LocalSource>>;
  /** Who holds the floor. */
  readonly dominant: ParticipantId | null;
  readonly chat: readonly ChatLine[];
  /** Who waits in the lobby; empty for guests. */
  readonly waiting: readonly Waiting[];
  readonly meeting: MeetingState;
}

/** What a provider can do; what it cannot is not offered to people. */
export interface Capabilities {
  readonly chat: boolean;
  readonly hands: boolean;
  readonly reactions: boolean;
  /** Mute, remove, lock, lobby, end, hand over. */
  readonly hostActions: boolean;
  readonly screenAudio: boolean;
  /** Whether `want` steers what is sent here. */
  readonly want: boolean;
  /** Whether a cap on what is received holds. */
  readonly receiveCap: boolean;
  /** At most so many pictures of others at once. It may change while the meeting goes on, with the snapshot. */
  readonly pictures: number;
}

/** How a stream is shown. */
export interface Want {
  /** `false`: not shown, or it comes another way; nothing of it is sent here. */
  readonly on: boolean;
  /** Physical pixels; missing: as large as there is. */
  readonly width?: number;
  readonly priority?: 'tile' | 'speaker' | 'pinned';
}

/** What hosts may do. Refused with `ConferenceError` to others. */
export interface HostActions {
  mute(stream: StreamId): Promise<void>;
  remove(participant: ParticipantId): Promise<void>;
  lock(locked: boolean): Promise<void>;
  lobby(on: boolean): Promise<void>;
  admit(participant: ParticipantId): Promise<void>;
  deny(participant: ParticipantId): Promise<void>;
  handOver(participant: ParticipantId): Promise<void>;
  end(): Promise<void>;
}

/** Figures since one came in; of one stream or of all. Rates in bits a second. */
export interface StreamStatistics {
  readonly stream: StreamId | null;
  readonly participant: ParticipantId | null;
  readonly source: Source;
  readonly direction: 'in' | 'out';
  readonly bitrate: number;
  /** Packets lost, 0 to 1. */
  readonly loss: number | null;
  readonly jitterMs: number | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly framesPerSecond: number | null;
  readonly framesDecoded: number | null;
  /** Seconds in which the picture stood still. */
  readonly freezes: number | null;
  readonly codec: string | null;
}

export interface Statistics {
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly roundTripMs: number | null;
  readonly availableOutgoing: number | null;
  /** `udp`, `tcp`, `relay`; `null`: not known. */
  readonly transport: string | null;
  readonly streams: readonly StreamStatistics[];
}

/** What is over as soon as it happened: each once, after the snapshot shows it, and nothing after one has left. */
export interface ConferenceEvents {
  /** Also one's own. */
  reaction: { readonly participant: ParticipantId; readonly emoji: string };
  /** A new line, also one's own; not those from before one came. */
  chat: ChatLine;
  /** A host has muted one. */
  silenced: { readonly source: Source; readonly by: ParticipantId | null };
  /** Somebody else came. */
  joined: Participant;
  /** Somebody else is gone. */
  departed: Participant;
  /** Somebody raised or lowered their hand, or one's own: as it is now. */
  hand: Participant;
  /** Something was refused that no promise can tell of: a want, a source that is published again. */
  refused: ConferenceError;
}

export interface LocalTracks {
  readonly microphone?: MediaStreamTrack | null;
  readonly camera?: MediaStreamTrack | null;
}

export interface JoinOptions extends LocalTracks {
  /** Begins silent, though the device is there. */
  readonly microphoneMuted?: boolean;
  readonly cameraMuted?: boolean;
}

export interface Conference {
  readonly provider: 'sfu' | 'acs' | 'fake';
  readonly capabilities: Capabilities;
  /** `null` for guests and providers without host actions; changes when the role does. */
  readonly host: HostActions | null;

  /** The same object until something changes. */
  snapshot(): ConferenceSnapshot;
  /** Calls `listener` after each change; the returned function ends that. */
  subscribe(listener: () => void): () => void;
  on<Name extends keyof ConferenceEvents>(
    name: Name,
    handler: (event: ConferenceEvents[Name]) => void,
  ): () => void;

  /**
   * Resolves when one is in, after the lobby if there is one; fails with `ConferenceError`. A conference is joined
   * once: who comes back after having left makes another.
   */
  join(options?: JoinOptions): Promise<void>;
  /**
   * Leaves; never fails, and may be called at any time and more than once. Tracks are not stopped, and stay in
   * `local`; chat stays, too. Nothing changes afterwards.
   */
  leave(): Promise<void>;

  /**
   * Publishes a track, replaces the one that is published, or takes the source back (`null`), which is not muted
   * afterwards. Before one is in and while the connection is lost it is done as soon as it can be.
   */
  setTrack(source: Source, track: MediaStreamTrack | null): Promise<void>;
  /** Says and does that a source sends nothing (its track is not `enabled`); keeps as `setTrack` does. */
  setMuted(source: Source, muted: boolean): Promise<void>;

  /** How streams are shown; those not named stay as they are. Sound is on at first, pictures are off. */
  want(wants: ReadonlyMap<StreamId, Want>): void;
  /** At most so many bits a second; `null`: no cap. */
  setReceiveCap(bitsPerSecond: number | null): void;

  sendChat(text: string, to?: ParticipantId): Promise<void>;
  raiseHand(raised: boolean, participant?: ParticipantId): Promise<void>;
  react(emoji: string): Promise<void>;

  /**
   * There where the provider plays the sound of others by itself (their `media` is `null` then): chooses the
   * loudspeaker. Missing: pages play the sound.
   */
  setLoudspeaker?(device: { readonly deviceId: string; readonly label: string }): Promise<void>;

  statistics(): Promise<Statistics>;

  /**
   * Where the compressed frames of a stream that plays arrive; `null` while it does not. It may play elsewhere at
   * any time, and something else there: look after each change. Missing where the provider keeps them to itself.
   */
  receiverOf?(stream: StreamId): RTCRtpReceiver | null;
  /** The servers that help to find ways between browsers; missing: none are known. */
  iceServers?(): readonly RTCIceServer[];
}

/** A refusal or a failure that people can be told of. `code` is for programs, `message` for people. */
export class ConferenceError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = 'ConferenceError';
    this.code = code;
  }
}
