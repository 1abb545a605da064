import { expect, test, vi } from 'vitest';
import { BEFORE, ConferenceStore } from './store';

test('what is the same is not told', () => {
  const store = new ConferenceStore();
  const listener = vi.fn();
  store.subscribe(listener);
  store.update({ chat: BEFORE.chat, dominant: null });
  store.updateLocal('camera', { muted: false });
  expect(listener).not.toHaveBeenCalled();
  expect(store.snapshot).toBe(BEFORE);
  store.updateLocal('camera', { muted: true });
  expect(listener).toHaveBeenCalledTimes(1);
});

test('a listener that throws is reported and disturbs nobody', () => {
  const reported: unknown[] = [];
  vi.stubGlobal('queueMicrotask', (report: () => void) => {
    try {
      report();
    } catch (error) {
      reported.push(error);
    }
  });
  const store = new ConferenceStore();
  const fault = new Error('a mistake of the page');
  store.subscribe(() => {
    throw fault;
  });
  store.on('reaction', () => {
    throw fault;
  });
  const listener = vi.fn();
  store.subscribe(listener);
  store.on('reaction', listener);
  store.update({ dominant: 'p1' });
  store.emit('reaction', { participant: 'p1', emoji: '👍' });
  expect(listener).toHaveBeenCalledTimes(2);
  expect(reported).toEqual([fault, fault]);
  vi.unstubAllGlobals();
});

test('a listener that another one ends is not told any more', () => {
  const store = new ConferenceStore();
  const second = vi.fn();
  store.subscribe(() => end());
  const end = store.subscribe(second);
  store.update({ dominant: 'p1' });
  expect(second).not.toHaveBeenCalled();
});

test('after the last change nothing is told', () => {
  const store = new ConferenceStore();
  const listener = vi.fn();
  store.end({ state: { kind: 'left', reason: 'left', detail: null } });
  store.subscribe(listener);
  store.on('reaction', listener);
  store.update({ dominant: 'p1' });
  store.emit('reaction', { participant: 'p1', emoji: '👍' });
  expect(listener).not.toHaveBeenCalled();
  expect(store.snapshot.dominant).toBeNull();
});
