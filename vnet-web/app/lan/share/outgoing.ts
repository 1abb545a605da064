import type { Conference } from '../../conference/conference';
import { offeredOf } from '../offered';
import type { LanStream } from './types';

/** A picture or voice to share. Its track is never stopped here. */
export interface Outgoing extends Pick<LanStream, 'key' | 'name' | 'participant' | 'source'> {
  readonly track: MediaStreamTrack;
  /** Where its compressed frames arrive; `null`: they cannot be had. */
  readonly receiver: RTCRtpReceiver | null;
}

/** What a meeting has to share: pictures that play here and move, voices, and one's own. */
export function outgoingOf(conference: Conference): Outgoing[] {
  const snapshot = conference.snapshot();
  const { self, local, participants, state } = snapshot;
  // What stands still here, because the meeting's own connection is lost, others have a better copy of.
  const isStill = state.kind === 'reconnecting' && state.what === 'media';
  const playing = new Map(
    (isStill ? [] : snapshot.streams)
      .filter(({ state, muted, media }) => state === 'playing' && !muted && media)
      .map((stream) => [stream.id, stream]),
  );
  const receiverOf = (id: string) => conference.receiverOf?.(id) ?? null;
  const pictures = offeredOf(snapshot).flatMap(({ key: id, ...one }): Outgoing[] => {
    const isOwn = one.participant === self?.id;
    if (!isOwn && !playing.has(id)) return [];
    return [{ ...one, key: `${one.participant}/${one.source}`, receiver: isOwn ? null : receiverOf(id) }];
  });
  const names = new Map(participants.map(({ id, name }) => [id, name]));
  const voices = [...playing.values()].flatMap(({ participant, source, media }): Outgoing[] => {
    const [track] = media?.getAudioTracks() ?? [];
    if (!isVoice(source) || !track || track.readyState === 'ended') return [];
    const name = names.get(participant) ?? '';
    return [{ key: `${participant}/${source}`, name, participant, source, track, receiver: null }];
  });
  const own = (['microphone', 'screenAudio'] as const).flatMap((source): Outgoing[] => {
    const { track, muted } = local[source];
    if (!self || !track || muted || track.readyState === 'ended') return [];
    const { id: participant, name } = self;
    return [{ key: `${participant}/${source}`, name, participant, source, track, receiver: null }];
  });
  return onePerKey([...pictures, ...own, ...voices]);
}

/** Whether two lists would be sent the same way. */
export const sameOutgoing = (one: readonly Outgoing[], other: readonly Outgoing[]): boolean =>
  one.length === other.length &&
  one.every(({ key, name, track, receiver }, index) => {
    const same = other[index];
    return same?.key === key && same.name === name && same.track === track && same.receiver === receiver;
  });

const isVoice = (source: string): source is 'microphone' | 'screenAudio' =>
  source === 'microphone' || source === 'screenAudio';

function onePerKey(all: readonly Outgoing[]): Outgoing[] {
  return [...new Map(all.map((one) => [one.key, one])).values()];
}
