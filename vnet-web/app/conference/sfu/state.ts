import type {
  ChatLine,
  MeetingState,
  Participant,
  Quality,
  ServerMessage,
  Snapshot,
  Speaking,
  Track,
  Waiting,
} from '../../generated/sfu-protocol';
import type { Message } from './protocol';

/** What plays in a slot, as the server says. */
export interface Place {
  readonly track: number | null;
  readonly paused: boolean;
}

/** A meeting as the server has told it. Never changed, only replaced. */
export interface Room {
  /** Which life of the meeting: after a restart of the server all numbers are others. */
  readonly epoch: number;
  /** One's own number. */
  readonly you: number | null;
  readonly lastEvent: number;
  readonly participants: ReadonlyMap<number, Participant>;
  readonly tracks: ReadonlyMap<number, Track>;
  readonly waiting: ReadonlyMap<number, Waiting>;
  readonly chat: readonly ChatLine[];
  readonly meeting: MeetingState | null;
  /** By `mid`. */
  readonly slots: ReadonlyMap<string, Place>;
  readonly unplayable: ReadonlySet<number>;
  readonly speakers: readonly Speaking[];
  readonly dominant: number | null;
  readonly qualities: ReadonlyMap<number, Quality>;
}

export const EMPTY: Room = {
  epoch: 0,
  you: null,
  lastEvent: 0,
  participants: new Map(),
  tracks: new Map(),
  waiting: new Map(),
  chat: [],
  meeting: null,
  slots: new Map(),
  unplayable: new Set(),
  speakers: [],
  dominant: null,
  qualities: new Map(),
};

/** The meeting after what the server said. */
export function reduce(room: Room, message: ServerMessage): Room {
  switch (message.type) {
    case 'welcome':
      return welcome(room, message);
    case 'waiting':
      return { ...room, you: message.you };
    case 'resumed': {
      const same = { ...room, you: message.you };
      return message.snapshot ? load(same, message.snapshot) : same;
    }
    case 'slots': {
      const slots = new Map(room.slots);
      for (const { mid, track = null, paused } of message.slots) slots.set(mid, { track, paused });
      return { ...room, slots };
    }
    case 'unplayable':
      return { ...room, unplayable: new Set(message.tracks) };
    case 'speakers':
      return { ...room, speakers: message.speakers, dominant: message.dominant ?? null };
    case 'quality':
      return { ...room, qualities: new Map([...room.qualities, ...message.participants]) };
    default:
      return 'event' in message ? happened(room, message) : room;
  }
}

/** In anew: nothing of what was played before holds. */
function welcome(room: Room, { you, snapshot }: Message<'welcome'>): Room {
  const again = room.meeting !== null && room.meeting.started_at !== snapshot.meeting.started_at;
  const { slots, unplayable, speakers, dominant, qualities } = EMPTY;
  const fresh = { ...room, you, slots, unplayable, speakers, dominant, qualities };
  return load({ ...fresh, epoch: again ? room.epoch + 1 : room.epoch }, snapshot);
}

function load(room: Room, snapshot: Snapshot): Room {
  return {
    ...room,
    lastEvent: snapshot.event,
    participants: byId(snapshot.participants),
    tracks: byId(snapshot.tracks),
    waiting: byId(snapshot.waiting),
    chat: merge(room.chat, snapshot.chat),
    meeting: snapshot.meeting,
  };
}

const byId = <T extends { id: number }>(list: readonly T[]) => new Map(list.map((one) => [one.id, one]));

/** What was read stays, though the server may have forgotten it. */
function merge(before: readonly ChatLine[], now: readonly ChatLine[]): readonly ChatLine[] {
  const told = new Set(now.map(lineKey));
  return [...before.filter((line) => !told.has(lineKey(line))), ...now].sort((a, b) => a.at - b.at);
}

/** Lines have no number: what was said when and by whom tells them apart. */
const lineKey = ({ at, from, to, text }: ChatLine) => JSON.stringify([at, from, to ?? null, text]);

function happened(room: Room, event: Extract<ServerMessage, { event: number }>): Room {
  // What is told twice, by a snapshot and after it, counts once.
  if (event.event <= room.lastEvent) return room;
  const next = { ...room, lastEvent: event.event };
  switch (event.type) {
    case 'joined':
    case 'changed':
      return changed(next, event.participant);
    case 'left':
      return gone(next, event.participant);
    case 'track_added':
    case 'track_changed':
      return { ...next, tracks: new Map(next.tracks).set(event.track.id, event.track) };
    case 'track_removed':
      return { ...next, tracks: without(next.tracks, (id) => id === event.track) };
    case 'chat':
      return { ...next, chat: [...next.chat, event.line] };
    case 'meeting_changed':
      return { ...next, meeting: event.meeting };
    case 'waiting_added':
      return { ...next, waiting: new Map(next.waiting).set(event.waiting.id, event.waiting) };
    case 'waiting_removed':
      return { ...next, waiting: without(next.waiting, (id) => id === event.participant) };
    default:
      return next;
  }
}

function changed(room: Room, participant: Participant): Room {
  const participants = new Map(room.participants).set(participant.id, participant);
  const isGuest = participant.id === room.you && participant.role === 'guest';
  return { ...room, participants, waiting: isGuest ? EMPTY.waiting : room.waiting };
}

function gone(room: Room, participant: number): Room {
  return {
    ...room,
    participants: without(room.participants, (id) => id === participant),
    tracks: without(room.tracks, (_, track) => track.participant === participant),
    qualities: without(room.qualities, (id) => id === participant),
    speakers: room.speakers.filter((one) => one.participant !== participant),
    dominant: room.dominant === participant ? null : room.dominant,
  };
}

function without<T>(
  map: ReadonlyMap<number, T>,
  drop: (id: number, value: T) => boolean,
): ReadonlyMap<number, T> {
  return new Map([...map].filter(([id, value]) => !drop(id, value)));
}

/** One's own track of a source, as the server knows it. */
export function ownTrack(room: Room, source: Track['source']): Track | undefined {
  return [...room.tracks.values()].find((track) => track.participant === room.you && track.source === source);
}
