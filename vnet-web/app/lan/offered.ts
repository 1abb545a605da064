import type { ConferenceSnapshot } from '../conference/conference';
import type { Offered } from './host-link';

/** What is shared of a meeting: all pictures that play here, and one's own, which the original shared, too. */
export function offeredOf({ streams, participants, local, self }: ConferenceSnapshot): Offered[] {
  const names = new Map(participants.map(({ id, name }) => [id, name]));
  const others = streams.flatMap(({ id, participant, source, media }): Offered[] => {
    const [track] = media?.getVideoTracks() ?? [];
    if (!track || track.readyState === 'ended' || !isPicture(source)) return [];
    return [{ key: id, name: names.get(participant) ?? '', participant, source, track }];
  });
  const own = (['camera', 'screen'] as const).flatMap((source): Offered[] => {
    const { track, muted } = local[source];
    if (!self || !track || muted || track.readyState === 'ended') return [];
    return [{ key: `self/${source}`, name: self.name, participant: self.id, source, track }];
  });
  return [...own, ...others];
}

export const sameOffers = (one: readonly Offered[], other: readonly Offered[]): boolean =>
  one.length === other.length &&
  one.every(({ key, name, track }, index) => {
    const same = other[index];
    return same?.key === key && same.name === name && same.track === track;
  });

const isPicture = (source: string): source is 'camera' | 'screen' =>
  source === 'camera' || source === 'screen';
