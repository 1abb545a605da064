import type { ConferenceSnapshot, Participant } from '../../../conference/conference';
import type { Received } from '../../../lan/guest-link';
import { personKey, screenKey, type TileSpec, tilesOf } from './tile-list';

export const receivedKey = ({ key }: Received): string => `l:${key}`;

/** Who of this meeting is meant by a picture that comes over the local network. */
interface Match {
  readonly participant: Participant;
  /** By number and name; otherwise only nobody else is called so. */
  readonly sure: boolean;
}

function matchOf({ participants }: ConferenceSnapshot, { name, participant }: Received): Match | null {
  const others = participants.filter((one) => !one.isSelf && one.name === name && name !== '');
  // Numbers alone say little: another meeting counts from one, too.
  const named = others.find((one) => one.id === participant);
  if (named) return { participant: named, sure: true };
  const [only] = others;
  return only && others.length === 1 ? { participant: only, sure: false } : null;
}

/** Where a picture is shown: in a tile of the meeting, in one of its own, or not. */
function placeOf(snapshot: ConferenceSnapshot, received: Received): string | null {
  const own = receivedKey(received);
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

const tileOf = (received: Received): TileSpec => ({
  key: receivedKey(received),
  kind: received.source === 'screen' ? 'screen' : 'person',
  participant: '',
  stream: null,
  isSelf: false,
  lan: received.key,
});

/** The tiles of the meeting, and those of pictures that come over the local network; each picture once. */
export function withReceived(snapshot: ConferenceSnapshot, received: readonly Received[]): TileSpec[] {
  const tiles = new Map(tilesOf(snapshot).map((tile) => [tile.key, tile]));
  for (const one of received) {
    const place = placeOf(snapshot, one);
    const tile = place === null ? undefined : tiles.get(place);
    if (tile && tile.lan === undefined) tiles.set(tile.key, { ...tile, lan: one.key });
    else if (place === receivedKey(one)) tiles.set(place, tileOf(one));
  }
  return [...tiles.values()];
}
