import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startClock } from './clock';

class FakeWorker extends EventTarget {
  static all: FakeWorker[] = [];
  isOver = false;

  constructor() {
    super();
    FakeWorker.all.push(this);
  }

  terminate(): void {
    this.isOver = true;
  }
}

function becomes(state: DocumentVisibilityState): void {
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(state);
  document.dispatchEvent(new Event('visibilitychange'));
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('Worker', FakeWorker);
  FakeWorker.all = [];
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test('a page that is seen ticks by itself, a hidden one by a worker', () => {
  const tick = vi.fn();
  const stop = startClock(100, tick);
  vi.advanceTimersByTime(1_000);
  expect(tick).toHaveBeenCalledTimes(10);
  expect(FakeWorker.all).toEqual([]);

  becomes('hidden');
  vi.advanceTimersByTime(1_000);
  expect(tick).toHaveBeenCalledTimes(10);
  const [worker] = FakeWorker.all;
  worker?.dispatchEvent(new MessageEvent('message'));
  expect(tick).toHaveBeenCalledTimes(11);

  becomes('visible');
  expect(worker?.isOver).toBe(true);
  vi.advanceTimersByTime(1_000);
  expect(tick).toHaveBeenCalledTimes(21);

  stop();
  vi.advanceTimersByTime(1_000);
  becomes('hidden');
  expect(tick).toHaveBeenCalledTimes(21);
  expect(FakeWorker.all).toHaveLength(1);
});

test('a hidden page is left by its worker when the clock stops', () => {
  becomes('hidden');
  const stop = startClock(100, vi.fn());
  expect(FakeWorker.all).toHaveLength(1);
  stop();
  expect(FakeWorker.all[0]?.isOver).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

test('a hidden page that may have no worker ticks by itself, until it is stopped', () => {
  becomes('hidden');
  const tick = vi.fn();
  const stop = startClock(100, tick);
  FakeWorker.all[0]?.dispatchEvent(new Event('error'));
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
