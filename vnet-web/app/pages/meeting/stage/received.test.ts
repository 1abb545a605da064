import { describe, expect, test } from 'vitest';
import type { ConferenceSnapshot, Participant, Stream } from '../../../conference/conference';
import { BEFORE } from '../../../conference/store';
import type { Received } from '../../../lan/guest-link';
import { lanStream } from '../../../lan/share/fake-share';
import { isComing, isShared, type LanPicture, picturesOf, withReceived } from './received';

const person = (id: string, name: string, isSelf = false): Participant => ({
  id,
  name,
  isSelf,
  role: 'guest',
  hand: false,
  connected: true,
  quality: null,
  level: 0,
});
const stream = (id: string, participant: string, source: Stream['source'], muted = false): Stream => ({
  id,
  participant,
  source,
  muted,
  media: null,
  state: 'off',
});
const received = (key: string, name: string, more: Partial<Received> = {}): Received => ({
  key,
  name,
  participant: null,
  source: 'camera',
  media: {} as MediaStream,
  ...more,
});

const PEOPLE = [person('p1', 'Me', true), person('p2', 'Ada'), person('p3', 'Eve'), person('p4', 'Eve')];
const room = (...streams: Stream[]): ConferenceSnapshot => ({ ...BEFORE, participants: PEOPLE, streams });
const shown = (snapshot: ConferenceSnapshot, ...all: LanPicture[]) =>
  withReceived(snapshot, all).flatMap(({ key, lan }) => (lan ? [`${key}=${lan}`] : []));

describe('a picture that comes over the local network', () => {
  test('is shown by the tile of the same person and source', () => {
    const meeting = room(stream('s1', 'p3', 'camera'), stream('s2', 'p3', 'screen'));
    const of = { participant: 'p3' };
    expect(
      shown(meeting, received('a', 'Eve', of), received('b', 'Eve', { ...of, source: 'screen' })),
    ).toEqual(['p:p3=a', 's:s2=b']);
    expect(withReceived(meeting, [received('a', 'Eve', of)])).toHaveLength(5);
  });

  test('is matched by name where only one is called so', () => {
    const meeting = room(stream('s1', 'p2', 'camera'), stream('s2', 'p3', 'camera'));
    expect(shown(meeting, received('a', 'Ada'), received('b', 'Eve'))).toEqual(['p:p2=a', 'l:b=b']);
  });

  test('has a tile of its own when it is of somebody else, or what it is is not known', () => {
    const meeting = room(stream('s1', 'p2', 'camera'));
    expect(shown(meeting, received('a', 'Zoe', { participant: 'p2' }))).toEqual(['l:a=a']);
    expect(shown(meeting, received('b', 'Ada', { source: null }))).toEqual(['l:b=b']);
    expect(withReceived(meeting, [received('c', 'Zoe', { source: 'screen' })]).at(-1)).toMatchObject({
      key: 'l:c',
      kind: 'screen',
      isSelf: false,
    });
  });

  test('of one who shows nothing in the meeting any more is not shown', () => {
    expect(shown(room(), received('a', 'Eve', { participant: 'p3' }))).toEqual([]);
    const meeting = room(stream('s1', 'p3', 'screen', true));
    expect(shown(meeting, received('a', 'Eve', { participant: 'p3', source: 'screen' }))).toEqual([]);
  });

  test('of the same kind comes once in each tile', () => {
    const meeting = room(stream('s1', 'p2', 'camera'));
    expect(shown(meeting, received('a', 'Ada'), received('b', 'Ada'))).toEqual(['p:p2=a']);
  });
});

describe('a picture of a share', () => {
  const shared = (...all: Parameters<typeof lanStream>[]) => picturesOf(all.map((one) => lanStream(...one)));

  test('is of a camera or a screen; voices are not shown', () => {
    const all = shared(
      ['p2', 'Ada'],
      ['p2', 'Ada', { source: 'microphone' }],
      ['p2', 'Ada', { source: 'screen' }],
    );
    expect(all.map(({ key }) => key)).toEqual(['p2/camera', 'p2/screen']);
    expect(all.every(isShared)).toBe(true);
    expect(isShared(received('a', 'Ada'))).toBe(false);
  });

  test('is shown by the tile of who it is, whatever its state', () => {
    const meeting = room(stream('s1', 'p3', 'camera'), stream('s2', 'p3', 'screen'));
    const all = shared(
      ['p3', 'Eve', { state: 'stalled' }],
      ['p3', 'Eve', { source: 'screen', state: 'starting' }],
    );
    expect(shown(meeting, ...all)).toEqual(['p:p3=p3/camera', 's:s2=p3/screen']);
    expect(all.map(isComing)).toEqual([false, false]);
    expect(isComing(received('a', 'Ada'))).toBe(true);
  });

  test('never has a tile of its own: its people are those of this meeting', () => {
    const meeting = room(stream('s1', 'p2', 'camera'));
    expect(shown(meeting, ...shared(['p9', 'Zoe'], ['p1', 'Me'], ['p3', 'Eve']))).toEqual([]);
  });

  test('is not put to another one who has the number now', () => {
    const meeting = room(stream('s1', 'p2', 'camera'), stream('s2', 'p3', 'camera'));
    expect(shown(meeting, ...shared(['p3', 'Ada']))).toEqual(['p:p2=p3/camera']);
  });

  test('comes before one of the pair protocol', () => {
    const meeting = room(stream('s1', 'p2', 'camera'));
    expect(shown(meeting, ...shared(['p2', 'Ada']), received('a', 'Ada'))).toEqual(['p:p2=p2/camera']);
  });
});
