import type { ParticipantId, Quality } from '../conference';
import { nameOf } from './roster';
import type {
  AcsCall,
  AcsDiagnostic,
  AcsDiagnostics,
  AcsFeatures,
  AcsRaiseHand,
  AcsReactionEvent,
  AcsReactions,
  AcsReactionType,
} from './sdk';

/** The reactions that the service knows, and how they look here. */
const EMOJI: Readonly<Record<AcsReactionType, string>> = {
  like: '👍',
  heart: '❤️',
  laugh: '😂',
  surprised: '😮',
  applause: '👏',
};

export interface FeatureEvents {
  /** The hands that are up. */
  hands(raised: ReadonlySet<ParticipantId>): void;
  reaction(participant: ParticipantId, emoji: string): void;
  dominant(participant: ParticipantId | null): void;
  /** At most so many pictures at a time. */
  pictures(count: number): void;
  network(state: { readonly quality: Quality | null; readonly lost: boolean }): void;
}

/** What a connected call offers besides sound and picture. A feature that this call has not is done without. */
export class CallFeatures {
  readonly #ends: (() => void)[] = [];
  readonly #hands: AcsRaiseHand | null = null;
  readonly #reactions: AcsReactions | null = null;

  constructor(call: AcsCall, features: AcsFeatures, events: FeatureEvents) {
    this.#hands = attempt(features.RaiseHand, (factory) => call.feature(factory));
    this.#reactions = attempt(features.Reaction, (factory) => call.feature(factory));
    this.#watchHands(events);
    this.#watchReactions(events);
    this.#watchSpeakers(call, features, events);
    this.#watchLimit(call, features, events);
    this.#watchNetwork(call, features, events);
  }

  dispose(): void {
    for (const end of this.#ends.splice(0)) end();
  }

  async raiseHand(raised: boolean, others: ParticipantId | null): Promise<void> {
    if (!this.#hands) throw new Error('hands');
    if (others !== null) await this.#hands.lowerHands([{ communicationUserId: others }]);
    else if (raised) await this.#hands.raiseHand();
    else await this.#hands.lowerHand();
  }

  /** `false`: the service has no such reaction. */
  async react(emoji: string): Promise<boolean> {
    const known = Object.entries(EMOJI) as [AcsReactionType, string][];
    const reactionType = known.find(([, shown]) => bare(shown) === bare(emoji))?.[0];
    if (!reactionType || !this.#reactions) return false;
    await this.#reactions.sendReaction({ reactionType });
    return true;
  }

  #watchHands(events: FeatureEvents): void {
    const hands = this.#hands;
    if (!hands) return;
    const tell = () => {
      const raised = hands.getRaisedHands().map(({ identifier }) => nameOf(identifier));
      events.hands(new Set(raised.filter((name) => name !== null)));
    };
    hands.on('raisedHandEvent', tell);
    hands.on('loweredHandEvent', tell);
    this.#ends.push(() => {
      hands.off('raisedHandEvent', tell);
      hands.off('loweredHandEvent', tell);
    });
    tell();
  }

  #watchReactions(events: FeatureEvents): void {
    const reactions = this.#reactions;
    if (!reactions) return;
    const tell = ({ identifier, reactionMessage }: AcsReactionEvent) => {
      const name = nameOf(identifier);
      if (name !== null) events.reaction(name, EMOJI[reactionMessage.reactionType]);
    };
    reactions.on('reaction', tell);
    this.#ends.push(() => reactions.off('reaction', tell));
  }

  #watchSpeakers(call: AcsCall, features: AcsFeatures, events: FeatureEvents): void {
    const speakers = attempt(features.DominantSpeakers, (factory) => call.feature(factory));
    if (!speakers) return;
    const tell = () => {
      const [first] = speakers.dominantSpeakers.speakersList;
      events.dominant(first ? nameOf(first) : null);
    };
    speakers.on('dominantSpeakersChanged', tell);
    this.#ends.push(() => speakers.off('dominantSpeakersChanged', tell));
    tell();
  }

  #watchLimit(call: AcsCall, features: AcsFeatures, events: FeatureEvents): void {
    const count = attempt(features.OptimalVideoCount, (factory) => call.feature(factory));
    if (!count) return;
    // Before it is measured it is 0, which nobody means.
    const tell = () => {
      if (count.optimalVideoCount > 0) events.pictures(count.optimalVideoCount);
    };
    count.on('optimalVideoCountChanged', tell);
    this.#ends.push(() => count.off('optimalVideoCountChanged', tell));
    tell();
  }

  #watchNetwork(call: AcsCall, features: AcsFeatures, events: FeatureEvents): void {
    const diagnostics = attempt(features.UserFacingDiagnostics, (factory) => call.feature(factory));
    if (!diagnostics) return;
    const tell = () => events.network(networkOf(diagnostics));
    diagnostics.network.on('diagnosticChanged', tell);
    this.#ends.push(() => diagnostics.network.off('diagnosticChanged', tell));
    tell();
  }
}

function networkOf(diagnostics: AcsDiagnostics): { quality: Quality | null; lost: boolean } {
  const latest = diagnostics.network.getLatest();
  const lost = latest.noNetwork?.value === true || grade(latest.networkReconnect) >= 2;
  const known = latest.networkReceiveQuality ?? latest.networkSendQuality;
  const worst = Math.max(grade(latest.networkReceiveQuality), grade(latest.networkSendQuality));
  if (lost) return { quality: 'lost', lost };
  return { quality: known ? ((['good', 'good', 'fair', 'poor'] as const)[worst] ?? null) : null, lost };
}

/** 1 good, 2 poor, 3 bad; 0 if it has not been said. */
const grade = (diagnostic: AcsDiagnostic | undefined): number =>
  typeof diagnostic?.value === 'number' ? diagnostic.value : 0;

/** Emoji come with and without the mark that asks for colours. */
const bare = (emoji: string): string => emoji.replaceAll('\uFE0F', '');

/** A call may refuse a feature that the SDK knows: then it has it not. */
function attempt<Factory, Feature>(
  factory: Factory | undefined,
  make: (factory: Factory) => Feature,
): Feature | null {
  if (factory === undefined) return null;
  try {
    return make(factory);
  } catch {
    return null;
  }
}
