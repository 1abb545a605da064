import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startClock } from './clock';

class FakeWorker extends EventTarget {
  static last: FakeWorker | null = null;
  isOver = false;

  constructor() {
    super();
    FakeWorker.last = this;
  }

  terminate(): void {
    this.isOver = true;
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('Worker', FakeWorker);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('a worker ticks', () => {
  const tick = vi.fn();
  const stop = startClock(100, tick);
  vi.advanceTimersByTime(1_000);
  expect(tick).not.toHaveBeenCalled();
  FakeWorker.last?.dispatchEvent(new MessageEvent('message'));
  expect(tick).toHaveBeenCalledTimes(1);
  stop();
  expect(FakeWorker.last?.isOver).toBe(true);
});

test('where the page may have no worker it ticks by itself, until it is stopped', () => {
  const tick = vi.fn();
  const stop = startClock(100, tick);
  FakeWorker.last?.dispatchEvent(new Event('error'));
  vi.advanceTimersByTime(1_000);
  expect(tick).toHaveBeenCalledTimes(10);
  stop();
  vi.advanceTimersByTime(1_000);
  expect(tick).toHaveBeenCalledTimes(10);
  vi.stubGlobal('Worker', undefined);
  const stopOther = startClock(100, tick);
  vi.advanceTimersByTime(1_000);
  expect(tick).toHaveBeenCalledTimes(20);
  stopOther();
  expect(vi.getTimerCount()).toBe(0);
});
