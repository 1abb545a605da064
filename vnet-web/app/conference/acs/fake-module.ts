import { type FakeCall, FakeLocalStream, type FakeService } from './fake-sdk';
import type {
  AcsCredentialOptions,
  AcsDominantSpeakers,
  AcsFactory,
  AcsIdentifier,
  AcsJoinOptions,
  AcsModule,
  AcsReactionEvent,
  AcsReactionType,
} from './sdk';

/** Tokens of tests name who they are for. */
const identityOf = (token: string): string => token.split(' ')[0] ?? token;

function feature<Feature>(make: (call: FakeCall) => Omit<Feature, 'name' | 'dispose'>): AcsFactory<Feature> {
  function construct(this: unknown, call: FakeCall): unknown {
    return Object.assign(make(call), { name: 'feature', dispose: () => {} });
  }
  return { callApiCtor: construct as unknown as new (context: never) => Feature };
}

const FEATURES: Required<AcsModule['Features']> = {
  RaiseHand: feature((call) => ({
    raiseHand: async () => call.raise(true),
    lowerHand: async () => call.raise(false),
    lowerHands: async (identifiers: { communicationUserId: string }[]) => {
      const named = identifiers.map((one) => one.communicationUserId);
      for (const one of call.others) if (named.includes(one.identity)) one.raise(false);
    },
    getRaisedHands: () =>
      [call, ...call.others]
        .filter((one) => one.hand)
        .map((one, order) => ({ identifier: { communicationUserId: one.identity }, order })),
    on: (event: string, listener: () => void) => call.hands.on(event, listener),
    off: (event: string, listener: () => void) => call.hands.off(event, listener),
  })),
  Reaction: feature((call) => ({
    sendReaction: async ({ reactionType }: { reactionType: AcsReactionType }) => call.react(reactionType),
    on: (event: string, listener: (event: AcsReactionEvent) => void) => call.reactions.on(event, listener),
    off: (event: string, listener: (event: AcsReactionEvent) => void) => call.reactions.off(event, listener),
  })),
  DominantSpeakers: feature<AcsDominantSpeakers>((call) => ({
    get dominantSpeakers(): { speakersList: readonly AcsIdentifier[] } {
      return call.speakers;
    },
    on: (event: string, listener: () => void) => call.speakers.on(event, listener),
    off: (event: string, listener: () => void) => call.speakers.off(event, listener),
  })),
  OptimalVideoCount: feature((call) => ({
    get optimalVideoCount() {
      return call.pictures.count;
    },
    on: (event: string, listener: () => void) => call.pictures.on(event, listener),
    off: (event: string, listener: () => void) => call.pictures.off(event, listener),
  })),
  UserFacingDiagnostics: feature((call) => ({
    network: {
      getLatest: () => call.diagnostics.latest,
      on: (event: string, listener: () => void) => call.diagnostics.on(event, listener),
      off: (event: string, listener: () => void) => call.diagnostics.off(event, listener),
    },
  })),
  MediaStats: feature((call) => ({
    createCollector: () => Object.assign(call.figures, { dispose: () => {} }),
  })),
};

/** The SDK of a service that is made up: what Microsoft's does, as far as it is known and used. */
export function fakeSdk(service: FakeService): AcsModule<FakeLocalStream, FakeLocalStream> {
  const { log } = service;
  return {
    Features: FEATURES,
    LocalAudioStream: FakeLocalStream,
    LocalVideoStream: FakeLocalStream,
    AzureCommunicationTokenCredential: class {
      readonly token: string;
      constructor({ token, tokenRefresher, refreshProactively }: AcsCredentialOptions) {
        this.token = token;
        service.credentials.push({ token, refresh: tokenRefresher, proactive: refreshProactively });
      }
      async getToken() {
        return { token: this.token, expiresOnTimestamp: Date.now() + 3_600_000 };
      }
      dispose(): void {
        log.push('credential');
      }
    },
    CallClient: class {
      async createCallAgent(
        credential: { getToken(): Promise<{ token: string }> },
        { displayName }: { displayName: string },
      ) {
        const { token } = await credential.getToken();
        return {
          join: (
            { groupId }: { groupId: string },
            options: AcsJoinOptions<FakeLocalStream, FakeLocalStream>,
          ) => service.join(groupId, identityOf(token), displayName, options),
          dispose: async () => {
            log.push('agent');
          },
        };
      }
      async getDeviceManager() {
        return {
          isSpeakerSelectionAvailable: true,
          askDevicePermission: async (wanted: { audio: boolean; video: boolean }) =>
            service.permitted ? wanted : { audio: false, video: false },
          getSpeakers: async () => [{ id: 'speaker:abc', name: 'Headphones' }],
          selectSpeaker: async ({ name }: { name: string }) => {
            log.push(`speaker ${name}`);
          },
        };
      }
      async dispose(): Promise<void> {
        log.push('client');
      }
    },
  };
}
