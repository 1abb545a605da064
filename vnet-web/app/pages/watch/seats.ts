import type { LanStream } from '../../lan/share/types';
import type { TileSpec } from '../meeting/stage/tile-list';

/** A place on a second screen: somebody, or what somebody shows. */
export interface Seat {
  readonly key: string;
  readonly kind: TileSpec['kind'];
  readonly name: string;
  /** `null`: only heard. */
  readonly media: MediaStream | null;
  /** Nothing comes at the moment; the last picture stays. */
  readonly stalled: boolean;
}

const ownerOf = ({ participant, name }: LanStream): string => participant ?? name;

/** Everybody of whom anything comes, once each, and every screen that is shown. */
export function seatsOf(streams: readonly LanStream[]): Seat[] {
  const seats = new Map<string, Seat>();
  for (const stream of streams) {
    const { key, name, source, media, state } = stream;
    const stalled = state === 'stalled';
    if (source === 'screen') seats.set(`s:${key}`, { key: `s:${key}`, kind: 'screen', name, media, stalled });
    if (source === 'screen' || source === 'screenAudio') continue;
    const person = `p:${ownerOf(stream)}`;
    const seat = { key: person, kind: 'person', name } as const;
    if (source === 'camera') seats.set(person, { ...seat, media, stalled });
    else if (!seats.has(person)) seats.set(person, { ...seat, media: null, stalled: false });
  }
  return [...seats.values()];
}

/** What is to be heard, each once: the voice of one participant may be in the stream of the picture. */
export function voicesOf(streams: readonly LanStream[]): MediaStream[] {
  const heard = streams.filter(({ source }) => source === 'microphone' || source === 'screenAudio');
  return [...new Set(heard.map(({ media }) => media))];
}

/** As the layouts of the meeting take it. */
export const specOf = ({ key, kind }: Seat): TileSpec => ({
  key,
  kind,
  participant: '',
  stream: null,
  isSelf: false,
});
