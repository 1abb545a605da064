import { expect, it } from 'vitest';
import { MOST_LATE, Rhythm } from './rhythm';

const TICKS = 90;
/** Pictures of one camera, in milliseconds: when they were taken, when they came, and what is made of it. */
function camera(start = 0xffff_ff00) {
  const rhythm = new Rhythm();
  return (taken: number, came: number) =>
    rhythm.timeOf((start + Math.round(taken * TICKS)) >>> 0, came) / 1_000;
}

it('keeps the distances of pictures, however unevenly they come, also back and across the end of stamps', () => {
  const timeOf = camera();
  expect(timeOf(0, 500)).toBe(500);
  expect(timeOf(40, 560)).toBeCloseTo(540, 0);
  expect(timeOf(20, 561)).toBeCloseTo(520, 0);
  expect(timeOf(60, 562)).toBeCloseTo(560, 0);
});

it('goes by the quickest', () => {
  const timeOf = camera();
  timeOf(0, 580);
  expect(timeOf(40, 550)).toBe(550);
  expect(timeOf(80, 650)).toBeCloseTo(590, 0);
});

it('does not let one moment in which nothing came last', () => {
  const timeOf = camera();
  timeOf(0, 0);
  timeOf(40, 40);
  for (let taken = 80; taken <= 800; taken += 40) {
    const time = timeOf(taken, 840);
    expect(time).toBeGreaterThanOrEqual(840 - MOST_LATE);
    expect(time).toBeLessThanOrEqual(840);
  }
  expect(timeOf(840, 845)).toBeCloseTo(841, -1);
});

it('begins anew with another clock, but not after a pause', () => {
  const timeOf = camera(0);
  timeOf(0, 100);
  expect(timeOf(9_000, 9_150)).toBeCloseTo(9_100, 0);
  expect(timeOf(90_000, 9_200)).toBe(9_200);
  expect(timeOf(90_033, 9_240)).toBeCloseTo(9_233, 0);
  expect(timeOf(33, 9_300)).toBe(9_300);
});

it('follows a camera whose clock is slower or faster', () => {
  for (const pace of [0.999, 1.001]) {
    const timeOf = camera();
    let late = 0;
    for (let taken = 0; taken < 600_000; taken += 40) late = taken * pace - timeOf(taken, taken * pace);
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(MOST_LATE / 4);
  }
});
