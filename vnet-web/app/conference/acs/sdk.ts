/**
 * What is used of the calling SDK of Azure Communication Services, in declarations of our own. The SDK's licence
 * keeps it out of this repository; `vnet-web/acs/check.ts` proves, where the SDK has been fetched, that Microsoft's
 * declarations satisfy these.
 */

/** Somebody in a call; which of these is there depends on who it is. */
export interface AcsIdentifier {
  readonly kind?: string;
  readonly communicationUserId?: string;
  readonly rawId?: string;
}

export interface AcsEndReason {
  readonly code: number;
  readonly subCode?: number;
}

export interface AcsUpdate<T> {
  readonly added: T[];
  readonly removed: T[];
}

/** Events that say only that something changed, and which. */
interface Changes<Name extends string> {
  on(event: Name, listener: () => void): void;
  off(event: Name, listener: () => void): void;
}

export interface AcsLocalVideo {
  setMediaStream(source: MediaStream): Promise<void>;
  dispose(): void;
}

export interface AcsLocalAudio {
  setMediaStream(source: MediaStream): Promise<void>;
  dispose(): void;
}

export type AcsRemoteVideo = {
  readonly id: number;
  /** `Video` or `ScreenSharing`, and kinds that are not for us. */
  readonly mediaStreamType: string;
  readonly isAvailable: boolean;
  readonly isReceiving: boolean;
  /** Fails while the stream is not available; after it was away it may be another object. */
  getMediaStream(): Promise<MediaStream>;
} & Changes<'isAvailableChanged'> &
  Changes<'isReceivingChanged'>;

export interface AcsRemoteAudio {
  getMediaStream(): Promise<MediaStream>;
}

export type AcsRemoteParticipant = {
  readonly identifier: AcsIdentifier;
  readonly displayName?: string;
  /** `Connected` and `Hold` are in the call. */
  readonly state: string;
  readonly isMuted: boolean;
  readonly isSpeaking: boolean;
  readonly videoStreams: readonly AcsRemoteVideo[];
  on(event: 'videoStreamsUpdated', listener: (update: AcsUpdate<AcsRemoteVideo>) => void): void;
  off(event: 'videoStreamsUpdated', listener: (update: AcsUpdate<AcsRemoteVideo>) => void): void;
} & Changes<'stateChanged'> &
  Changes<'isMutedChanged'> &
  Changes<'isSpeakingChanged'> &
  Changes<'displayNameChanged'>;

/* ---------- features ---------- */

export interface AcsFeature {
  readonly name: string;
  dispose(): void;
}

/** What a call makes a feature of. */
export interface AcsFactory<Feature> {
  readonly callApiCtor: new (context: never) => Feature;
}

export interface AcsRaiseHand extends AcsFeature {
  raiseHand(): Promise<void>;
  lowerHand(): Promise<void>;
  lowerHands(identifiers: { communicationUserId: string }[]): Promise<void>;
  getRaisedHands(): { readonly identifier: AcsIdentifier; readonly order: number }[];
  on(event: 'raisedHandEvent', listener: () => void): void;
  on(event: 'loweredHandEvent', listener: () => void): void;
  off(event: 'raisedHandEvent', listener: () => void): void;
  off(event: 'loweredHandEvent', listener: () => void): void;
}

export type AcsReactionType = 'like' | 'heart' | 'laugh' | 'surprised' | 'applause';

export interface AcsReactionEvent {
  readonly identifier: AcsIdentifier;
  readonly reactionMessage: { readonly reactionType: AcsReactionType };
}

export interface AcsReactions extends AcsFeature {
  sendReaction(message: { reactionType: AcsReactionType }): Promise<void>;
  on(event: 'reaction', listener: (event: AcsReactionEvent) => void): void;
  off(event: 'reaction', listener: (event: AcsReactionEvent) => void): void;
}

export interface AcsDominantSpeakers extends AcsFeature, Changes<'dominantSpeakersChanged'> {
  readonly dominantSpeakers: { readonly speakersList: readonly AcsIdentifier[] };
}

export interface AcsOptimalVideoCount extends AcsFeature, Changes<'optimalVideoCountChanged'> {
  readonly optimalVideoCount: number;
}

/** A flag, or a quality: 1 good, 2 poor, 3 bad. */
export interface AcsDiagnostic {
  readonly value: number | boolean;
}

export interface AcsNetworkDiagnostics {
  getLatest(): {
    readonly networkReconnect?: AcsDiagnostic;
    readonly networkReceiveQuality?: AcsDiagnostic;
    readonly networkSendQuality?: AcsDiagnostic;
    readonly noNetwork?: AcsDiagnostic;
  };
  on(event: 'diagnosticChanged', listener: () => void): void;
  off(event: 'diagnosticChanged', listener: () => void): void;
}

export interface AcsDiagnostics extends AcsFeature {
  readonly network: AcsNetworkDiagnostics;
}

/** Figures of one stream, as the SDK reports them: bits a second, milliseconds, packets a second. */
export interface AcsStreamFigures {
  readonly codecName?: string;
  readonly bitrate?: number;
  readonly jitterInMs?: number;
  readonly packetsPerSecond?: number;
  readonly packetsLostPerSecond?: number;
}

export interface AcsIncomingVideoFigures extends AcsStreamFigures {
  /** The `id` of the remote stream. */
  readonly streamId?: number;
  readonly frameRateDecoded?: number;
  readonly frameWidthReceived?: number;
  readonly frameHeightReceived?: number;
  readonly framesDecoded?: number;
  readonly totalFreezeDurationInMs?: number;
}

export interface AcsOutgoingVideoFigures extends AcsStreamFigures {
  readonly frameRateSent?: number;
  readonly frameWidthSent?: number;
  readonly frameHeightSent?: number;
}

export interface AcsFigures {
  readonly audio: { readonly send: AcsStreamFigures[]; readonly receive: AcsStreamFigures[] };
  readonly video: { readonly send: AcsOutgoingVideoFigures[]; readonly receive: AcsIncomingVideoFigures[] };
  readonly screenShare: {
    readonly send: AcsOutgoingVideoFigures[];
    readonly receive: AcsIncomingVideoFigures[];
  };
  readonly transports: { readonly rttInMs?: number; readonly availableOutgoingBitrate?: number }[];
}

export interface AcsFiguresCollector {
  on(event: 'sampleReported', listener: (figures: AcsFigures) => void): void;
  off(event: 'sampleReported', listener: (figures: AcsFigures) => void): void;
  dispose(): void;
}

export interface AcsMediaStats extends AcsFeature {
  createCollector(): AcsFiguresCollector;
}

/** Those that may be missing in another version are optional here. */
export interface AcsFeatures {
  readonly RaiseHand?: AcsFactory<AcsRaiseHand>;
  readonly Reaction?: AcsFactory<AcsReactions>;
  readonly DominantSpeakers?: AcsFactory<AcsDominantSpeakers>;
  readonly OptimalVideoCount?: AcsFactory<AcsOptimalVideoCount>;
  readonly UserFacingDiagnostics?: AcsFactory<AcsDiagnostics>;
  readonly MediaStats?: AcsFactory<AcsMediaStats>;
}

/* ---------- the call ---------- */

export type AcsCall<
  Video extends AcsLocalVideo = AcsLocalVideo,
  Audio extends AcsLocalAudio = AcsLocalAudio,
> = {
  /** `Connecting`, `InLobby`, `Connected`, `LocalHold`, `RemoteHold`, `Disconnecting`, `Disconnected`, … */
  readonly state: string;
  readonly callEndReason?: AcsEndReason;
  readonly isMuted: boolean;
  readonly isScreenSharingOn: boolean;
  readonly remoteParticipants: readonly AcsRemoteParticipant[];
  /** The sound of all others, mixed. */
  readonly remoteAudioStreams: readonly AcsRemoteAudio[];
  on(event: 'remoteParticipantsUpdated', listener: (update: AcsUpdate<AcsRemoteParticipant>) => void): void;
  off(event: 'remoteParticipantsUpdated', listener: (update: AcsUpdate<AcsRemoteParticipant>) => void): void;
  feature(factory: AcsFactory<AcsRaiseHand>): AcsRaiseHand;
  feature(factory: AcsFactory<AcsReactions>): AcsReactions;
  feature(factory: AcsFactory<AcsDominantSpeakers>): AcsDominantSpeakers;
  feature(factory: AcsFactory<AcsOptimalVideoCount>): AcsOptimalVideoCount;
  feature(factory: AcsFactory<AcsDiagnostics>): AcsDiagnostics;
  feature(factory: AcsFactory<AcsMediaStats>): AcsMediaStats;
  mute(): Promise<void>;
  unmute(): Promise<void>;
  startAudio(stream: Audio): Promise<void>;
  startVideo(stream: Video): Promise<void>;
  stopVideo(stream: Video): Promise<void>;
  startScreenSharing(stream: Video): Promise<void>;
  stopScreenSharing(): Promise<void>;
  hangUp(options: { forEveryone: boolean }): Promise<void>;
} & Changes<'stateChanged'> &
  Changes<'isMutedChanged'> &
  Changes<'mutedByOthers'> &
  Changes<'isScreenSharingOnChanged'>;

export interface AcsJoinOptions<
  Video extends AcsLocalVideo = AcsLocalVideo,
  Audio extends AcsLocalAudio = AcsLocalAudio,
> {
  videoOptions?: { localVideoStreams?: Video[] };
  audioOptions?: { muted?: boolean; localAudioStreams?: Audio[] };
}

export interface AcsCallAgent<
  Video extends AcsLocalVideo = AcsLocalVideo,
  Audio extends AcsLocalAudio = AcsLocalAudio,
> {
  join(group: { groupId: string }, options: AcsJoinOptions<Video, Audio>): AcsCall<Video, Audio>;
  dispose(): Promise<void>;
}

export interface AcsAudioDevice {
  readonly id: string;
  readonly name: string;
}

export interface AcsDeviceManager {
  readonly isSpeakerSelectionAvailable: boolean;
  askDevicePermission(wanted: { audio: boolean; video: boolean }): Promise<{
    readonly audio: boolean;
    readonly video: boolean;
  }>;
  getSpeakers(): Promise<AcsAudioDevice[]>;
  selectSpeaker(speaker: AcsAudioDevice): Promise<void>;
}

export interface AcsCallClient<
  Video extends AcsLocalVideo = AcsLocalVideo,
  Audio extends AcsLocalAudio = AcsLocalAudio,
> {
  createCallAgent(
    credential: AcsCredential,
    options: { displayName: string },
  ): Promise<AcsCallAgent<Video, Audio>>;
  getDeviceManager(): Promise<AcsDeviceManager>;
  dispose(): Promise<void>;
}

export interface AcsToken {
  token: string;
  /** Milliseconds since 1970. */
  expiresOnTimestamp: number;
}

export interface AcsCredential {
  getToken(): Promise<AcsToken>;
  dispose(): void;
}

export interface AcsCredentialOptions {
  token: string;
  refreshProactively: boolean;
  tokenRefresher: () => Promise<string>;
}

/**
 * The module that scripts/build-acs-web builds. `Video` and `Audio` are the SDK's own classes where it is checked:
 * it takes no others.
 */
export interface AcsModule<
  Video extends AcsLocalVideo = AcsLocalVideo,
  Audio extends AcsLocalAudio = AcsLocalAudio,
> {
  readonly CallClient: new (options: { diagnostics: { appName: string } }) => AcsCallClient<Video, Audio>;
  readonly LocalVideoStream: new (source: MediaStream, options: { autoDisposeOnCallEnd: boolean }) => Video;
  readonly LocalAudioStream: new (source: MediaStream, options: { autoDisposeOnCallEnd: boolean }) => Audio;
  readonly AzureCommunicationTokenCredential: new (options: AcsCredentialOptions) => AcsCredential;
  readonly Features: AcsFeatures;
}
