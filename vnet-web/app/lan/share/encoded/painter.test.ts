import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Painter } from './painter';

beforeEach(() => {
  vi.stubGlobal(
    'VideoFrame',
    class {
      readonly timestamp: number;
      constructor(_: unknown, { timestamp }: { timestamp: number }) {
        this.timestamp = timestamp;
      }
    },
  );
});
afterEach(() => vi.unstubAllGlobals());

it('says when pictures were taken, each later than the last', async () => {
  const taken: number[] = [];
  const painter = new Painter(() => {});
  painter.into(1, new WritableStream({ write: ({ timestamp }) => void taken.push(timestamp) }));
  for (const time of [1_000_000, 1_033_333.4, 1_033_000, 1_066_666]) painter.paint(1, time);
  await vi.waitFor(() => expect(taken).toEqual([1_000_000, 1_033_333, 1_034_333, 1_066_666]));
});

it('asks others to paint where it cannot', () => {
  const asked: number[] = [];
  const painter = new Painter((carrier) => asked.push(carrier));
  painter.paint(7, 1);
  expect(asked).toEqual([7]);
});
