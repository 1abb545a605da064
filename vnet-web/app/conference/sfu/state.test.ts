import { describe, expect, test } from 'vitest';
import type { ServerMessage, Snapshot } from '../../generated/sfu-protocol';
import { EMPTY, type Room, reduce } from './state';
import { type Seen, see, type Wanted } from './view';

const person = (id: number, name: string, change = {}) => ({
  id,
  name,
  user_id: `u${id}`,
  role: 'guest' as const,
  hand: false,
  connected: true,
  ...change,
});

const SNAPSHOT: Snapshot = {
  event: 4,
  meeting: { locked: false, lobby: false, started_at: 1_000 },
  participants: [person(1, 'Ada', { role: 'host' }), person(2, 'Bob')],
  tracks: [
    { id: 1, participant: 1, source: 'camera', muted: false },
    { id: 2, participant: 2, source: 'microphone', muted: false },
  ],
  chat: [{ from: 1, name: 'Ada', text: 'before', at: 10 }],
  waiting: [],
};

const welcome = (snapshot = SNAPSHOT, you = 2): ServerMessage => ({
  type: 'welcome',
  id: 1,
  version: 1,
  you,
  session: 's',
  resume_within: 30,
  answer: '',
  slots: [],
  snapshot,
});

const told = (room: Room, ...messages: ServerMessage[]) => messages.reduce(reduce, room);
const inside = told(EMPTY, welcome());

describe('a meeting, as the server tells it', () => {
  test('begins with a snapshot', () => {
    expect(inside).toMatchObject({ you: 2, lastEvent: 4, epoch: 0 });
    expect([...inside.participants.keys()]).toEqual([1, 2]);
    expect(inside.meeting?.started_at).toBe(1_000);
  });

  test('follows events, each once', () => {
    const line = { from: 1, name: 'Ada', text: 'Bob?', at: 20 };
    const said: ServerMessage = { event: 5, type: 'chat', line };
    const room = told(inside, said, said, { event: 7, type: 'joined', participant: person(3, 'Cyd') });
    expect(room.chat.map(({ text }) => text)).toEqual(['before', 'Bob?']);
    expect(room.lastEvent).toBe(7);
    // One that is older than what is known already says nothing new.
    expect(told(room, { event: 6, type: 'left', participant: 3, reason: 'left' })).toBe(room);
  });

  test('who is gone takes tracks, floor and figures along', () => {
    const room = told(
      inside,
      { type: 'speakers', speakers: [{ participant: 1, level: 100 }], dominant: 1 },
      {
        type: 'quality',
        participants: [
          [1, 'poor'],
          [2, 'good'],
        ],
      },
      { event: 5, type: 'left', participant: 1, reason: 'lost' },
    );
    expect([...room.tracks.keys()]).toEqual([2]);
    expect([room.dominant, room.speakers, [...room.qualities.keys()]]).toEqual([null, [], [2]]);
  });

  test('tracks come, change and go', () => {
    const track = { id: 9, participant: 1, source: 'screen' as const, muted: false };
    const shared = told(inside, { event: 5, type: 'track_added', track });
    expect(
      told(shared, { event: 6, type: 'track_changed', track: { ...track, muted: true } }).tracks.get(9)
        ?.muted,
    ).toBe(true);
    expect(told(shared, { event: 6, type: 'track_removed', track: 9 }).tracks.has(9)).toBe(false);
  });

  test('who becomes a guest forgets who waits', () => {
    const waiting = { id: 5, name: 'Eve', user_id: 'u5' };
    const room = told(inside, { event: 5, type: 'waiting_added', waiting });
    expect(room.waiting.size).toBe(1);
    expect(told(room, { event: 6, type: 'changed', participant: person(1, 'Ada') }).waiting.size).toBe(1);
    expect(told(room, { event: 6, type: 'changed', participant: person(2, 'Bob') }).waiting.size).toBe(0);
  });

  test('slots that are not named stay as they are', () => {
    const room = told(
      inside,
      {
        type: 'slots',
        slots: [
          { mid: '4', track: 1, paused: false },
          { mid: '5', paused: false },
        ],
      },
      { type: 'slots', slots: [{ mid: '4', track: 1, paused: true }] },
    );
    expect([...room.slots]).toEqual([
      ['4', { track: 1, paused: true }],
      ['5', { track: null, paused: false }],
    ]);
  });

  test('a snapshot after a loss takes the place of everything, but chat that was read stays', () => {
    const later: Snapshot = {
      ...SNAPSHOT,
      event: 900,
      participants: [person(2, 'Bob')],
      tracks: [],
      chat: [{ from: 2, name: 'Bob', text: 'later', at: 30 }],
    };
    const room = told(inside, { type: 'resumed', id: 3, you: 2, snapshot: later });
    expect([room.lastEvent, room.participants.size, room.tracks.size, room.epoch]).toEqual([900, 1, 0, 0]);
    expect(room.chat.map(({ text }) => text)).toEqual(['before', 'later']);
  });

  test('after a restart of the server the numbers are others', () => {
    const slots: ServerMessage = { type: 'slots', slots: [{ mid: '4', track: 1, paused: false }] };
    const same = told(inside, slots, welcome(SNAPSHOT, 3));
    expect([same.epoch, same.slots.size, same.you]).toEqual([0, 0, 3]);
    const restarted = told(
      inside,
      slots,
      welcome({ ...SNAPSHOT, event: 1, meeting: { ...SNAPSHOT.meeting, started_at: 2_000 } }),
    );
    expect([restarted.epoch, restarted.lastEvent]).toEqual([1, 1]);
  });
});

describe('what the page sees of it', () => {
  const nothing: Seen = {
    self: null,
    participants: [],
    streams: [],
    dominant: null,
    chat: [],
    waiting: [],
    meeting: { locked: false, lobby: false, startedAt: null },
  };
  const all: Wanted = { get: () => ({ on: true }), isCapped: () => false };
  const none: Wanted = { get: () => undefined, isCapped: () => false };
  const media = {} as MediaStream;

  test('one’s own tracks are no streams, and pictures are off until they are wanted', () => {
    const { self, streams } = see(inside, nothing, new Map(), none);
    expect(self).toMatchObject({ name: 'Bob', isSelf: true, quality: null, level: 0 });
    expect(streams).toEqual([
      { id: 's0-1', participant: 'p0-1', source: 'camera', muted: false, media: null, state: 'off' },
    ]);
  });

  test('the state of a stream says why it does not play', () => {
    const played = (flows: boolean, paused: boolean) => new Map([[1, { media, flows, paused }]]);
    const state = (room: Room, map: Parameters<typeof see>[2], wants = all) =>
      see(room, nothing, map, wants).streams[0]?.state;
    expect(state(inside, new Map())).toBe('starting');
    expect(state(inside, played(false, false))).toBe('starting');
    expect(state(inside, played(true, false))).toBe('playing');
    expect(state(inside, played(true, true))).toBe('paused');
    expect(state(inside, new Map(), { ...all, isCapped: () => true })).toBe('paused');
    expect(state(told(inside, { type: 'unplayable', tracks: [1] }), new Map())).toBe('unplayable');
  });

  test('what did not change is the same object', () => {
    const before = see(inside, nothing, new Map(), none);
    expect(see(inside, before, new Map(), none)).toEqual(before);
    const room = told(inside, {
      event: 5,
      type: 'changed',
      participant: person(1, 'Ada', { role: 'host', hand: true }),
    });
    const now = see(room, before, new Map(), none);
    expect(now.participants[0]).not.toBe(before.participants[0]);
    expect(now.participants[1]).toBe(before.participants[1]);
    expect([now.streams, now.chat, now.waiting, now.meeting]).toEqual([
      before.streams,
      before.chat,
      before.waiting,
      before.meeting,
    ]);
    expect(now.streams === before.streams && now.chat === before.chat && now.meeting === before.meeting).toBe(
      true,
    );
  });

  test('lines that were said in the same moment have names of their own, and keep them', () => {
    const line = { from: 1, name: 'Ada', text: 'twice', at: 20 };
    const room = told(inside, { event: 5, type: 'chat', line }, { event: 6, type: 'chat', line });
    const { chat } = see(room, nothing, new Map(), none);
    expect(new Set(chat.map(({ id }) => id)).size).toBe(3);
    const later = see(
      told(room, { event: 7, type: 'chat', line: { ...line, to: 2 } }),
      { ...nothing, chat },
      new Map(),
      none,
    );
    expect(later.chat.slice(0, 3).every((one, at) => one === chat[at])).toBe(true);
    expect(later.chat[3]?.to).toBe('p0-2');
  });

  test('loudness goes from silent to one', () => {
    const level = (of: number) =>
      see(
        told(inside, { type: 'speakers', speakers: [{ participant: 1, level: of }] }),
        nothing,
        new Map(),
        none,
      ).participants[0]?.level;
    expect([level(127), level(0)]).toEqual([1, 0.01]);
    expect(level(95)).toBeCloseTo(0.5);
  });
});
