import type {
  ConferenceSnapshot,
  Participant,
  ParticipantId,
  Source,
  Stream,
  StreamId,
} from '../../../conference/conference';

/** A snapshot by number, so that many tiles may ask for their own part of it. */
interface Index {
  readonly participants: ReadonlyMap<ParticipantId, Participant>;
  readonly streams: ReadonlyMap<StreamId, Stream>;
  readonly bySource: ReadonlyMap<string, Stream>;
}

const indices = new WeakMap<ConferenceSnapshot, Index>();

function indexOf(snapshot: ConferenceSnapshot): Index {
  const known = indices.get(snapshot);
  if (known) return known;
  const index: Index = {
    participants: new Map(snapshot.participants.map((one) => [one.id, one])),
    streams: new Map(snapshot.streams.map((one) => [one.id, one])),
    bySource: new Map(snapshot.streams.map((one) => [`${one.source} ${one.participant}`, one])),
  };
  indices.set(snapshot, index);
  return index;
}

export const participantOf = (snapshot: ConferenceSnapshot, id: ParticipantId): Participant | null =>
  indexOf(snapshot).participants.get(id) ?? null;

export const streamOf = (snapshot: ConferenceSnapshot, id: StreamId): Stream | null =>
  indexOf(snapshot).streams.get(id) ?? null;

/** What somebody publishes of one source. */
export const streamBy = (snapshot: ConferenceSnapshot, id: ParticipantId, source: Source): Stream | null =>
  indexOf(snapshot).bySource.get(`${source} ${id}`) ?? null;

export const nameOf = (snapshot: ConferenceSnapshot, id: ParticipantId | null): string | null =>
  (id === null ? null : participantOf(snapshot, id)?.name) ?? null;

/** The same to people's eyes: loudness is painted without drawing anything anew. */
export function sameParticipant(one: Participant | null, other: Participant | null): boolean {
  if (one === other) return true;
  if (!one || !other) return false;
  return (
    one.id === other.id &&
    one.name === other.name &&
    one.role === other.role &&
    one.hand === other.hand &&
    one.connected === other.connected &&
    one.quality === other.quality
  );
}

export const sameParticipants = (one: readonly Participant[], other: readonly Participant[]): boolean =>
  one === other ||
  (one.length === other.length && one.every((item, at) => sameParticipant(item, other[at] ?? null)));

/** Whether nothing is heard of somebody: no microphone, or a silent one. */
export function isSilent(snapshot: ConferenceSnapshot, participant: Participant): boolean {
  if (participant.isSelf) {
    const { track, muted } = snapshot.local.microphone;
    return !track || muted;
  }
  const stream = streamBy(snapshot, participant.id, 'microphone');
  return !stream || stream.muted;
}

/** Whether somebody shows no camera. */
export function isDark(snapshot: ConferenceSnapshot, participant: Participant): boolean {
  if (participant.isSelf) {
    const { track, muted } = snapshot.local.camera;
    return !track || muted;
  }
  const stream = streamBy(snapshot, participant.id, 'camera');
  return !stream || stream.muted;
}
