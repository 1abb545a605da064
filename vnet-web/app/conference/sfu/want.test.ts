import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Want as WireWant } from '../../generated/sfu-protocol';
import type { Want } from '../conference';
import { type Offered, Wants, withinCap } from './want';

const camera = (track: number): Offered => ({ id: `s0-${track}`, track, source: 'camera' });
const voice = (track: number): Offered => ({ id: `s0-${track}`, track, source: 'microphone' });
const on = (width: number, priority: Want['priority'] = 'tile'): Want => ({ on: true, width, priority });

describe('wants', () => {
  let said: WireWant[][];
  let answer: () => Promise<unknown>;
  let wants: Wants;

  beforeEach(() => {
    vi.useFakeTimers();
    said = [];
    answer = async () => {};
    wants = new Wants((tracks) => {
      said.push(tracks);
      return answer();
    });
    wants.offer([camera(1), camera(2), voice(3)]);
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('are said together, at once at first and not too often afterwards', () => {
    wants.connected(true);
    wants.set(new Map([['s0-1', on(320)]]));
    wants.set(new Map([['s0-2', on(640)]]));
    vi.advanceTimersByTime(0);
    expect(said).toEqual([
      [
        { track: 1, on: true, width: 320, priority: 'tile' },
        { track: 2, on: true, width: 640, priority: 'tile' },
      ],
    ]);
    for (let width = 330; width < 400; width += 10) {
      wants.set(new Map([['s0-1', on(width)]]));
      vi.advanceTimersByTime(10);
    }
    expect(said).toHaveLength(1);
    vi.advanceTimersByTime(150);
    expect(said.slice(1)).toEqual([[{ track: 1, on: true, width: 390, priority: 'tile' }]]);
  });

  test('that are as the server has them are not said', () => {
    wants.connected(true);
    wants.set(
      new Map([
        ['s0-1', { on: false }],
        ['s0-3', { on: true }],
      ]),
    );
    vi.runAllTimers();
    expect(said).toEqual([]);
    wants.set(
      new Map([
        ['s0-3', { on: false }],
        ['s0-1', on(320)],
      ]),
    );
    vi.runAllTimers();
    wants.set(new Map([['s0-1', on(320)]]));
    vi.runAllTimers();
    expect(said).toEqual([
      [
        { track: 1, on: true, width: 320, priority: 'tile' },
        { track: 3, on: false },
      ],
    ]);
    wants.set(
      new Map([
        ['s0-1', { on: false }],
        ['s0-3', { on: true }],
      ]),
    );
    vi.runAllTimers();
    expect(said[1]).toEqual([
      { track: 1, on: false },
      { track: 3, on: true },
    ]);
  });

  test('wait for the connection, and all are said anew after it was lost', () => {
    wants.set(new Map([['s0-1', on(320)]]));
    vi.runAllTimers();
    expect(said).toEqual([]);
    wants.connected(true);
    vi.runAllTimers();
    wants.lost();
    wants.set(new Map([['s0-1', { on: false }]]));
    vi.runAllTimers();
    expect(said).toHaveLength(1);
    // What the server has heard is not known: also what is as at first is said.
    wants.connected(false);
    vi.runAllTimers();
    expect(said[1]).toEqual([
      { track: 1, on: false },
      { track: 2, on: false },
      { track: 3, on: true },
    ]);
  });

  test('that were refused are said again', async () => {
    answer = () => Promise.reject(new Error('too fast'));
    wants.connected(true);
    wants.set(new Map([['s0-1', on(320)]]));
    await vi.advanceTimersByTimeAsync(0);
    answer = async () => {};
    await vi.advanceTimersByTimeAsync(2_000);
    expect(said).toHaveLength(2);
    expect(said[1]).toContainEqual({ track: 1, on: true, width: 320, priority: 'tile' });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(said).toHaveLength(2);
  });

  test('of what is gone are forgotten', () => {
    wants.connected(true);
    wants.set(
      new Map([
        ['s0-1', on(320)],
        ['s0-2', on(320)],
      ]),
    );
    vi.runAllTimers();
    expect(wants.pictures).toBe(2);
    wants.offer([camera(2)]);
    expect(wants.pictures).toBe(1);
    expect(wants.get('s0-1')).toBeUndefined();
    vi.runAllTimers();
    expect(said).toHaveLength(1);
  });

  test('beyond the cap are not sent for', () => {
    wants.connected(true);
    wants.setCap(300_000);
    wants.set(
      new Map([
        ['s0-1', on(640)],
        ['s0-2', on(640, 'pinned')],
      ]),
    );
    vi.runAllTimers();
    expect(said).toEqual([[{ track: 2, on: true, width: 320, priority: 'pinned' }]]);
    expect([wants.isCapped('s0-1'), wants.isCapped('s0-2')]).toEqual([true, false]);
    wants.setCap(null);
    vi.runAllTimers();
    expect(said[1]).toEqual([
      { track: 1, on: true, width: 640, priority: 'tile' },
      { track: 2, on: true, width: 640, priority: 'pinned' },
    ]);
  });
});

describe('a cap', () => {
  const all = [camera(1), camera(2), camera(3)];
  const wants = new Map([
    ['s0-1', on(640)],
    ['s0-2', on(640)],
    ['s0-3', on(1280, 'pinned')],
  ]);
  const widths = (cap: number | null, offered: readonly Offered[] = all) =>
    [...withinCap(offered, wants, cap)].sort().map(([, want]) => want?.width ?? null);

  test('gives everybody a small picture before anybody a large one, the important first', () => {
    expect(widths(null)).toEqual([640, 640, 1280]);
    expect(widths(10_000_000)).toEqual([640, 640, 1280]);
    expect(widths(2_300_000)).toEqual([320, 320, 1280]);
    expect(widths(2_400_000)).toEqual([640, 320, 1280]);
    expect(widths(450_000)).toEqual([320, 320, 320]);
    expect(widths(300_000)).toEqual([320, null, 320]);
    expect(widths(0)).toEqual([null, null, null]);
  });

  test('counts voices, and puts a screen first', () => {
    const screen: Offered = { id: 's0-1', track: 1, source: 'screen' };
    expect(widths(1_650_000, [screen, camera(2), camera(3)])).toEqual([640, null, 320]);
    expect(widths(1_500_000 - 1, [screen, camera(2)])).toEqual([null, 640]);
    expect(widths(180_000, [camera(1), voice(9)])).toEqual([null]);
  });
});
