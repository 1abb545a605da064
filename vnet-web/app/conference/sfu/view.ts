import type * as wire from '../../generated/sfu-protocol';
import {
  type ChatLine,
  type ConferenceSnapshot,
  isPicture,
  type Participant,
  type Stream,
  type StreamId,
  type Waiting,
  type Want,
} from '../conference';
import { fromWire, participantId, streamId } from './protocol';
import type { Room } from './state';

/** What this browser gets of a track. */
export interface Played {
  readonly media: MediaStream | null;
  /** Something of it has arrived. */
  readonly flows: boolean;
  readonly paused: boolean;
}

/** What the page wants of streams. */
export interface Wanted {
  get(id: StreamId): Want | undefined;
  /** Wanted, but beyond what may be received. */
  isCapped(id: StreamId): boolean;
}

/** What the page sees of a meeting; the same objects as in `before` where nothing changed. */
export type Seen = Pick<
  ConferenceSnapshot,
  'self' | 'participants' | 'streams' | 'dominant' | 'chat' | 'waiting' | 'meeting'
>;

export function see(room: Room, before: Seen, played: ReadonlyMap<number, Played>, wants: Wanted): Seen {
  const participants = keep(before.participants, participantsOf(room));
  return {
    participants,
    self: participants.find((one) => one.isSelf) ?? null,
    streams: keep(before.streams, streamsOf(room, played, wants)),
    dominant: room.dominant === null ? null : participantId(room.epoch, room.dominant),
    chat: keep(before.chat, linesOf(room)),
    waiting: keep(before.waiting, waitingOf(room)),
    meeting: keepOne(before.meeting, {
      locked: room.meeting?.locked ?? false,
      lobby: room.meeting?.lobby ?? false,
      startedAt: room.meeting?.started_at ?? null,
    }),
  };
}

export function participantOf(room: Room, one: wire.Participant): Participant {
  const level = room.speakers.find((speaker) => speaker.participant === one.id)?.level;
  return {
    id: participantId(room.epoch, one.id),
    name: one.name,
    isSelf: one.id === room.you,
    role: one.role,
    hand: one.hand,
    connected: one.connected,
    quality: room.qualities.get(one.id) ?? null,
    level: level === undefined ? 0 : loudness(level),
  };
}

/** Who is quieter than half of the scale (64 decibels below the loudest) is as good as silent. */
const loudness = (level: number) => Math.min(Math.max((level - 63) / 64, 0.01), 1);

const participantsOf = (room: Room): Participant[] =>
  [...room.participants.values()].sort((a, b) => a.id - b.id).map((one) => participantOf(room, one));

function streamsOf(room: Room, played: ReadonlyMap<number, Played>, wants: Wanted): Stream[] {
  const others = [...room.tracks.values()].filter((track) => track.participant !== room.you);
  return others.map((track) => {
    const id = streamId(room.epoch, track.id);
    const source = fromWire(track.source);
    const here = played.get(track.id);
    const isOn = wants.get(id)?.on ?? !isPicture(source);
    return {
      id,
      participant: participantId(room.epoch, track.participant),
      source,
      muted: track.muted,
      media: isOn ? (here?.media ?? null) : null,
      state: stateOf(isOn, room.unplayable.has(track.id), wants.isCapped(id), here),
    };
  });
}

function stateOf(
  isOn: boolean,
  isUnplayable: boolean,
  isCapped: boolean,
  here: Played | undefined,
): Stream['state'] {
  if (!isOn) return 'off';
  if (isUnplayable) return 'unplayable';
  if (isCapped || here?.paused) return 'paused';
  return here?.media && here.flows ? 'playing' : 'starting';
}

export function lineOf(room: Room, line: wire.ChatLine, id: string): ChatLine {
  const { name, text, at } = line;
  const to = line.to === undefined || line.to === null ? null : participantId(room.epoch, line.to);
  return { id, from: participantId(room.epoch, line.from), name, to, text, at };
}

/** Lines have no number on the wire: their time and author, and which of several. */
function linesOf(room: Room): ChatLine[] {
  const counts = new Map<string, number>();
  return room.chat.map((line) => {
    const key = `${line.at}-${line.from}`;
    const count = counts.get(key) ?? 0;
    counts.set(key, count + 1);
    return lineOf(room, line, `${key}-${count}`);
  });
}

const waitingOf = (room: Room): Waiting[] =>
  [...room.waiting.values()].map(({ id, name }) => ({ id: participantId(room.epoch, id), name }));

/** The old list, or a new one with the old objects, as far as they are the same. */
function keep<T extends { readonly id: string }>(before: readonly T[], now: readonly T[]): readonly T[] {
  const known = new Map(before.map((one) => [one.id, one]));
  const kept = now.map((one) => keepOne(known.get(one.id), one));
  return kept.length === before.length && kept.every((one, at) => one === before[at]) ? before : kept;
}

function keepOne<T extends object>(before: T | undefined, now: T): T {
  if (!before) return now;
  const isSame = (Object.keys(now) as (keyof T)[]).every((key) => before[key] === now[key]);
  return isSame ? before : now;
}
