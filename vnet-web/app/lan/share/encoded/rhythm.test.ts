import { expect, it } from 'vitest';
import { Rhythm } from './rhythm';

const MS = 90;

it('goes by the time stamps, whenever pictures come, also back and across their end', () => {
  const rhythm = new Rhythm();
  const start = 0xffff_ff00;
  const stamp = (ms: number) => (start + ms * MS) >>> 0;
  expect(rhythm.timeOf(stamp(0), 500)).toBe(500_000);
  expect(rhythm.timeOf(stamp(40), 590)).toBe(540_000);
  expect(rhythm.timeOf(stamp(20), 591)).toBe(520_000);
  expect(rhythm.timeOf(stamp(60), 592)).toBe(560_000);
});

it('begins anew with another clock, but not after a pause', () => {
  const rhythm = new Rhythm();
  rhythm.timeOf(0, 100);
  expect(rhythm.timeOf(9_000 * MS, 9_150)).toBe(9_100_000);
  expect(rhythm.timeOf(5, 9_200)).toBe(9_200_000);
  expect(rhythm.timeOf(5 + 33 * MS, 9_240)).toBe(9_233_000);
});
