import type { ConferenceSnapshot, Participant } from '../../../conference/conference';
import type { Received } from '../../../lan/guest-link';
import type { LanStream } from '../../../lan/share/types';
import { personKey, screenKey, type TileSpec, tilesOf } from './tile-list';

/** A picture of a share. */
export interface SharedPicture extends LanStream {
  readonly source: 'camera' | 'screen';
}

/** A picture that comes over the local network: from a share, or by the pair protocol. */
export type LanPicture = Received | SharedPicture;

export const isShared = (picture: LanPicture): picture is SharedPicture => 'state' in picture;
/** Whether it plays, so that the meeting need not send it. */
export const isComing = (picture: LanPicture): boolean => !isShared(picture) || picture.state === 'playing';
/** The pictures of what comes; their voices go with the meeting's. */
export const picturesOf = (streams: readonly LanStream[]): SharedPicture[] =>
  streams.filter((one): one is SharedPicture => one.source === 'camera' || one.source === 'screen');

export const receivedKey = ({ key }: LanPicture): string => `l:${key}`;

/** Who of this meeting is meant by a picture that comes over the local network. */
interface Match {
  readonly participant: Participant;
  /** By number and name; otherwise only nobody else is called so. */
  readonly sure: boolean;
}

function matchOf({ participants }: ConferenceSnapshot, { name, participant }: LanPicture): Match | null {
  const others = participants.filter((one) => !one.isSelf && one.name === name && name !== '');
  // Numbers alone say little: another meeting counts from one, too, and a server that starts anew counts anew.
  const named = others.find((one) => one.id === participant);
  if (named) return { participant: named, sure: true };
  const [only] = others;
  return only && others.length === 1 ? { participant: only, sure: false } : null;
}

/** Where a picture is shown: in a tile of the meeting, in one of its own, or not. */
function placeOf(snapshot: ConferenceSnapshot, received: LanPicture): string | null {
  // A share is always of this meeting, which knows best who is in it.
  const own = isShared(received) ? null : receivedKey(received);
  const { source } = received;
  const match = matchOf(snapshot, received);
  // Who does not say what it is may mean the camera or the screen.
  if (!match || source === null) return own;
  const { participant, sure } = match;
  const stream = snapshot.streams.findLast(
    (one) => one.participant === participant.id && one.source === source,
  );
  if (stream && source === 'camera') return personKey(participant.id);
  if (stream) return stream.muted ? null : screenKey(stream.id);
  // The meeting knows better what somebody shows: it is about to end here, too.
  return sure ? null : own;
}

const tileOf = (received: LanPicture): TileSpec => ({
  key: receivedKey(received),
  kind: received.source === 'screen' ? 'screen' : 'person',
  participant: '',
  stream: null,
  isSelf: false,
  lan: received.key,
});

/** The tiles of the meeting, and those of pictures that come over the local network; each picture once. */
export function withReceived(snapshot: ConferenceSnapshot, received: readonly LanPicture[]): TileSpec[] {
  const tiles = new Map(tilesOf(snapshot).map((tile) => [tile.key, tile]));
  for (const one of received) {
    const place = placeOf(snapshot, one);
    const tile = place === null ? undefined : tiles.get(place);
    if (tile && tile.lan === undefined) tiles.set(tile.key, { ...tile, lan: one.key });
    else if (place === receivedKey(one)) tiles.set(place, tileOf(one));
  }
  return [...tiles.values()];
}
