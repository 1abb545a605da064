import { describe, expect, test } from 'vitest';
import type { ConferenceSnapshot, Participant, Stream } from '../../../conference/conference';
import { BEFORE } from '../../../conference/store';
import { BLOCKED_AFTER, type Circumstances, explain, explainTile } from './explain';

const person = (id: string, change: Partial<Participant> = {}): Participant => ({
  id,
  name: `Name of ${id}`,
  isSelf: id === 'me',
  role: 'guest',
  hand: false,
  connected: true,
  quality: null,
  level: 0,
  ...change,
});
const camera = (participant: string, change: Partial<Stream> = {}): Stream => ({
  id: `camera of ${participant}`,
  participant,
  source: 'camera',
  muted: false,
  media: null,
  state: 'playing',
  ...change,
});
const CALM: Circumstances = {
  now: 100_000,
  online: true,
  since: 100_000,
  received: true,
  dataSaver: false,
  silenced: null,
};
const meeting = (change: Partial<ConferenceSnapshot> = {}): ConferenceSnapshot => ({
  ...BEFORE,
  state: { kind: 'joined' },
  participants: [person('me'), person('a')],
  streams: [camera('a')],
  ...change,
});
const kinds = (snapshot: ConferenceSnapshot, around: Partial<Circumstances> = {}) =>
  explain(snapshot, { ...CALM, ...around }).map((why) => why.kind);

describe('the meeting explains', () => {
  test('nothing when all is well', () => {
    expect(kinds(meeting())).toEqual([]);
  });

  test('nothing before one came and after one left', () => {
    expect(kinds(meeting({ state: { kind: 'joining' } }))).toEqual([]);
    expect(kinds(meeting({ state: { kind: 'left', reason: 'left', detail: null } }))).toEqual([]);
  });

  test('that one waits in the lobby', () => {
    expect(kinds(meeting({ state: { kind: 'waiting' }, participants: [] }))).toEqual(['waiting']);
  });

  test('that one is alone', () => {
    expect(kinds(meeting({ participants: [person('me')], streams: [] }))).toEqual(['alone']);
  });

  test('that all others have lost their connection', () => {
    const participants = [person('me'), person('a', { connected: false })];
    expect(kinds(meeting({ participants }))).toEqual(['others-lost']);
    const some = [...participants, person('b')];
    expect(kinds(meeting({ participants: some }))).toEqual([]);
  });

  test('what is reconnecting, gravest first', () => {
    const lost = (what: 'server' | 'media') => meeting({ state: { kind: 'reconnecting', what } });
    expect(kinds(lost('server'))).toEqual(['reconnecting-server']);
    expect(kinds(lost('media'))).toEqual(['reconnecting-media']);
    expect(kinds(lost('server'), { online: false })).toEqual(['offline']);
  });

  test('a blocked network, when media does not come back or never came', () => {
    const lost = meeting({ state: { kind: 'reconnecting', what: 'media' } });
    const late = { now: CALM.since + BLOCKED_AFTER };
    expect(kinds(lost, late)).toEqual(['blocked']);
    const starting = meeting({ streams: [camera('a', { state: 'starting' })] });
    expect(kinds(starting, { ...late, received: false })).toEqual(['blocked']);
    expect(kinds(starting, { received: false })).toEqual([]);
    expect(kinds(starting, { ...late, received: true })).toEqual([]);
  });

  test('that a host muted one, until one speaks again', () => {
    const silenced = { source: 'microphone', by: 'a' } as const;
    const muted = meeting({ local: { ...BEFORE.local, microphone: { track: null, muted: true } } });
    expect(explain(muted, { ...CALM, silenced })).toEqual([
      { kind: 'silenced', source: 'microphone', by: 'Name of a' },
    ]);
    expect(kinds(meeting(), { silenced })).toEqual([]);
  });

  test('why there are no pictures', () => {
    expect(kinds(meeting({ streams: [] }))).toEqual(['cameras-off']);
    expect(kinds(meeting({ streams: [camera('a', { muted: true })] }))).toEqual(['cameras-off']);
    expect(kinds(meeting(), { dataSaver: true })).toEqual(['data-saver']);
    const bad = [camera('a', { state: 'unplayable' }), camera('b', { state: 'paused' })];
    expect(explain(meeting({ streams: bad }), CALM)).toEqual([
      { kind: 'unplayable', count: 1 },
      { kind: 'paused', count: 1 },
    ]);
  });
});

describe('a tile explains', () => {
  test.each([
    [person('a', { connected: false }), camera('a'), 'lost'],
    [person('a'), null, 'camera-off'],
    [person('a'), camera('a', { muted: true }), 'camera-off'],
    [person('a'), camera('a', { state: 'paused' }), 'paused'],
    [person('a'), camera('a', { state: 'unplayable' }), 'unplayable'],
    [person('a'), camera('a', { state: 'off' }), 'starting'],
    [person('a'), camera('a'), null],
  ] as const)('%#', (who, stream, why) => {
    expect(explainTile(who, stream, false)).toBe(why);
  });

  test('that data is saved', () => {
    expect(explainTile(person('a'), camera('a', { state: 'off' }), true)).toBe('data-saver');
  });
});
