import type { Participant, ParticipantId, Stream, StreamId, Want } from '../conference';
import { Picture, sourceOf } from './picture';
import type { AcsCall, AcsIdentifier, AcsRemoteParticipant, AcsRemoteVideo, AcsUpdate } from './sdk';

/** How loud somebody is shown who speaks: the SDK says only that they do. */
const SPEAKING = 0.5;

const RANKS = { pinned: 0, speaker: 1, tile: 2 } as const;

export function nameOf(identifier: AcsIdentifier): ParticipantId | null {
  return identifier.communicationUserId ?? identifier.rawId ?? null;
}

interface Person {
  readonly id: ParticipantId;
  readonly pictures: Map<AcsRemoteVideo, Picture>;
  readonly unlisten: () => void;
}

/** Everybody else in a call and what they publish, as pages know it. `changed` is called after every change. */
export class Roster {
  readonly #call: AcsCall;
  readonly #self: ParticipantId;
  readonly #changed: () => void;
  readonly #people = new Map<AcsRemoteParticipant, Person>();
  readonly #wants = new Map<StreamId, Want>();
  #limit = Number.POSITIVE_INFINITY;

  constructor(call: AcsCall, self: ParticipantId, changed: () => void) {
    this.#call = call;
    this.#self = self;
    this.#changed = () => {
      this.#allot();
      changed();
    };
    call.on('remoteParticipantsUpdated', this.#onPeople);
    for (const one of call.remoteParticipants) this.#add(one);
    this.#allot();
  }

  dispose(): void {
    this.#call.off('remoteParticipantsUpdated', this.#onPeople);
    for (const one of [...this.#people.keys()]) this.#remove(one);
  }

  /** Those who are in, in the order in which they came. */
  participants(hands: ReadonlySet<ParticipantId>): Participant[] {
    return [...this.#people]
      .filter(([one]) => isIn(one))
      .map(([one, { id }]) => ({
        id,
        name: one.displayName ?? '',
        isSelf: false,
        role: 'guest',
        hand: hands.has(id),
        connected: true,
        quality: null,
        level: one.isSpeaking ? SPEAKING : 0,
      }));
  }

  streams(): Stream[] {
    return [...this.#people]
      .filter(([one]) => isIn(one))
      .flatMap(([one, { id, pictures }]) => [
        voice(id, one.isMuted),
        ...[...pictures.values()].filter((picture) => picture.available).map((picture) => picture.view()),
      ]);
  }

  /** The stream that the SDK's figures name. */
  pictureOf(remoteId: number): Stream | null {
    for (const { pictures } of this.#people.values()) {
      for (const picture of pictures.values()) if (picture.remote.id === remoteId) return picture.view();
    }
    return null;
  }

  want(wants: ReadonlyMap<StreamId, Want>): void {
    for (const [id, want] of wants) this.#wants.set(id, want);
    this.#changed();
  }

  /** At most so many pictures at the same time. */
  limit(count: number): void {
    this.#limit = count;
    this.#changed();
  }

  readonly #onPeople = ({ added, removed }: AcsUpdate<AcsRemoteParticipant>): void => {
    for (const one of removed) this.#remove(one);
    for (const one of added) this.#add(one);
    this.#changed();
  };

  #add(one: AcsRemoteParticipant): void {
    const id = nameOf(one.identifier);
    // Oneself may still be there from before the page was loaded again.
    if (id === null || id === this.#self || this.#people.has(one)) return;
    const changed = this.#changed;
    const pictures: Person['pictures'] = new Map();
    const add = (remote: AcsRemoteVideo) => {
      const source = sourceOf(remote);
      if (source && !pictures.has(remote)) pictures.set(remote, new Picture(remote, id, source, changed));
    };
    const onPictures = ({ added, removed }: AcsUpdate<AcsRemoteVideo>) => {
      for (const remote of removed) {
        pictures.get(remote)?.dispose();
        pictures.delete(remote);
      }
      added.forEach(add);
      changed();
    };
    one.videoStreams.forEach(add);
    one.on('stateChanged', changed);
    one.on('isMutedChanged', changed);
    one.on('isSpeakingChanged', changed);
    one.on('displayNameChanged', changed);
    one.on('videoStreamsUpdated', onPictures);
    const unlisten = () => {
      one.off('stateChanged', changed);
      one.off('isMutedChanged', changed);
      one.off('isSpeakingChanged', changed);
      one.off('displayNameChanged', changed);
      one.off('videoStreamsUpdated', onPictures);
    };
    this.#people.set(one, { id, pictures, unlisten });
  }

  #remove(one: AcsRemoteParticipant): void {
    const person = this.#people.get(one);
    if (!person) return;
    person.unlisten();
    for (const picture of person.pictures.values()) {
      picture.dispose();
      this.#wants.delete(picture.id);
    }
    this.#people.delete(one);
  }

  /** The most important pictures are asked for, as many as the device can show. */
  #allot(): void {
    const pictures = [...this.#people.values()].flatMap((person) => [...person.pictures.values()]);
    const rank = ({ id }: Picture) => RANKS[this.#wants.get(id)?.priority ?? 'tile'];
    const wanted = pictures.filter(({ id, available }) => available && this.#wants.get(id)?.on);
    const shown = new Set(wanted.sort((one, other) => rank(one) - rank(other)).slice(0, this.#limit));
    for (const picture of pictures) {
      const wish = this.#wants.get(picture.id)?.on ? (shown.has(picture) ? 'on' : 'paused') : 'off';
      // What is away keeps its wish: it is not shown, and counts for nothing.
      if (picture.available || wish === 'off') picture.wish(wish);
    }
  }
}

const isIn = (one: AcsRemoteParticipant): boolean => one.state === 'Connected' || one.state === 'Hold';

/** The SDK plays the sound of all others by itself, mixed: there is nothing for pages to play. */
function voice(participant: ParticipantId, muted: boolean): Stream {
  const id = `${participant}/microphone`;
  return { id, participant, source: 'microphone', muted, media: null, state: 'playing' };
}
