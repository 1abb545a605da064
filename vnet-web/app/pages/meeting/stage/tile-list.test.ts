import { describe, expect, test } from 'vitest';
import { BEFORE } from '../../../conference/store';
import { nextOrder, nextRecent, pageOf, plan, type TileSpec, tilesOf } from './tile-list';

const person = (key: string, isSelf = false): TileSpec => ({
  key,
  kind: 'person',
  participant: key,
  stream: null,
  isSelf,
});
const screen = (key: string): TileSpec => ({
  key,
  kind: 'screen',
  participant: 'x',
  stream: key,
  isSelf: false,
});

const ALL = [person('me', true), person('a'), person('b'), person('c')];
const input = (tiles: readonly TileSpec[]) => ({
  tiles,
  order: tiles.map((tile) => tile.key),
  mode: 'auto' as const,
  pinned: null,
  speaker: null,
  selfView: 'auto' as const,
});

describe('a plan', () => {
  test('shows all the same size, oneself among them', () => {
    expect(plan(input(ALL))).toEqual({ large: null, rest: ['me', 'a', 'b', 'c'], float: null });
  });

  test('of two people shows the other one, with oneself in the corner', () => {
    expect(plan(input(ALL.slice(0, 2)))).toEqual({ large: null, rest: ['a'], float: 'me' });
  });

  test('of oneself alone shows oneself, even if hidden from oneself', () => {
    const alone = input([person('me', true)]);
    expect(plan(alone).rest).toEqual(['me']);
    expect(plan({ ...alone, selfView: 'hidden' }).rest).toEqual(['me']);
  });

  test('hides, floats or places oneself as wished', () => {
    expect(plan({ ...input(ALL), selfView: 'hidden' })).toMatchObject({ rest: ['a', 'b', 'c'], float: null });
    expect(plan({ ...input(ALL), selfView: 'float' })).toMatchObject({ rest: ['a', 'b', 'c'], float: 'me' });
    expect(plan({ ...input(ALL.slice(0, 2)), selfView: 'grid' })).toMatchObject({
      rest: ['me', 'a'],
      float: null,
    });
  });

  test('puts a shared screen beside the others, and the last one when there are two', () => {
    const tiles = [...ALL, screen('s1'), screen('s2')];
    expect(plan(input(tiles))).toMatchObject({ large: 's2', rest: ['me', 'a', 'b', 'c', 's1'] });
    expect(plan({ ...input(tiles), mode: 'grid' }).large).toBeNull();
  });

  test('prefers what is pinned, and forgets it when it is gone', () => {
    const tiles = [...ALL, screen('s1')];
    expect(plan({ ...input(tiles), pinned: 'b' }).large).toBe('b');
    expect(plan({ ...input(tiles), mode: 'grid', pinned: 'b' }).large).toBe('b');
    expect(plan({ ...input(tiles), pinned: 'gone' }).large).toBe('s1');
    expect(plan({ ...input(tiles), pinned: 'me' })).toMatchObject({ large: 'me', float: null });
  });

  test('of the speaker shows who speaks, never oneself while others are there', () => {
    expect(plan({ ...input(ALL), mode: 'speaker', speaker: 'c' }).large).toBe('c');
    expect(plan({ ...input(ALL), mode: 'speaker', speaker: 'me' }).large).toBe('a');
  });
});

describe('the order', () => {
  const keys = ALL.map((tile) => tile.key);

  test('keeps who is there and adds who comes', () => {
    expect(nextOrder(['c', 'gone', 'a'], ALL, [], 9)).toEqual(['c', 'a', 'me', 'b']);
  });

  test('brings who speaks to the first page, in the place of who has been quiet for longest', () => {
    expect(nextOrder(keys, ALL, ['c', 'b'], 3)).toEqual(['me', 'c', 'b', 'a']);
  });

  test('moves nobody when the speaker is on the first page', () => {
    expect(nextOrder(keys, ALL, ['b', 'c'], 3)).toEqual(keys);
  });

  test('never moves oneself or a screen away', () => {
    const tiles = [person('me', true), screen('s'), person('a')];
    expect(nextOrder(['me', 's', 'a'], tiles, ['a'], 2)).toEqual(['me', 's', 'a']);
  });

  test('remembers who spoke, latest first', () => {
    expect(nextRecent(['a', 'b'], 'b')).toEqual(['b', 'a']);
    const same = ['a', 'b'];
    expect(nextRecent(same, 'a')).toBe(same);
    expect(nextRecent(same, null)).toBe(same);
  });
});

test('pages end where the tiles end', () => {
  expect(pageOf(['a', 'b', 'c'], 0, 2)).toEqual({ page: 0, pages: 2, keys: ['a', 'b'] });
  expect(pageOf(['a', 'b', 'c'], 7, 2)).toEqual({ page: 1, pages: 2, keys: ['c'] });
  expect(pageOf([], 1, 2)).toEqual({ page: 0, pages: 1, keys: [] });
});

test('only screens that are really shown get a tile', () => {
  const stream = { id: 's', participant: 'a', source: 'screen', media: null, state: 'off' } as const;
  const with1 = (muted: boolean) => tilesOf({ ...BEFORE, streams: [{ ...stream, muted }] });
  expect(with1(false).map((tile) => tile.kind)).toEqual(['screen']);
  expect(with1(true)).toEqual([]);
});
