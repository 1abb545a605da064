import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { givenBy } from './given';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A receiver whose figures say what `received` is at the time. */
function receiver() {
  const figures = { received: 0, asked: 0 };
  const getStats = async () => {
    figures.asked += 1;
    return new Map([['in', { type: 'inbound-rtp', framesReceived: figures.received }]]);
  };
  return { figures, given: givenBy.bind(null, { getStats } as unknown as RTCRtpReceiver) };
}

const pass = (time: number) => vi.advanceTimersByTimeAsync(time);

it('is what was counted, without asking for figures, however many want to know', async () => {
  const { figures, given } = receiver();
  for (let look = 1; look <= 10; look += 1) {
    expect(await Promise.all([given(look * 9), given(look * 9), given(look * 9)])).toEqual([
      look * 9,
      look * 9,
      look * 9,
    ]);
    await pass(300);
  }
  expect(figures.asked).toBe(0);
});

it('rises with the figures while nothing is counted, asked for once for all', async () => {
  const { figures, given } = receiver();
  figures.received = 500;
  expect(await Promise.all([given(0), given(0)])).toEqual([0, 0]);
  await pass(300);
  figures.received = 509;
  expect(await Promise.all([given(0), given(0)])).toEqual([9, 9]);
  expect(figures.asked).toBe(2);
});

it('asks for no figures between two lots', async () => {
  const { figures, given } = receiver();
  for (let lot = 1; lot <= 5; lot += 1) {
    for (const wait of [200, 230]) {
      expect(await given(lot * 13)).toBe(lot * 13);
      await pass(wait);
    }
  }
  expect(figures.asked).toBe(0);
});

it('stands still with a source that stands still, after what was counted and what was not', async () => {
  const { figures, given } = receiver();
  figures.received = 500;
  expect(await given(20)).toBe(20);
  for (let look = 0; look < 4; look += 1) {
    await pass(300);
    expect(await given(20)).toBe(20);
  }
  figures.received = 503;
  await pass(300);
  expect(await given(20)).toBe(23);
  await pass(300);
  expect(await given(24)).toBe(27);
});
