import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type {
  Conference,
  ConferenceSnapshot,
  Source,
  Stream,
  StreamId,
  Want,
} from '../../../conference/conference';
import { BEFORE } from '../../../conference/store';
import { HIDDEN_AFTER, WantRegistry, widthFor } from './wants';

type Resized = (entries: { target: Element; contentRect: { width: number; height: number } }[]) => void;
type Seen = (entries: { target: Element; isIntersecting: boolean }[]) => void;
let resized: Resized = () => {};
let seen: Seen = () => {};

function observers(): void {
  vi.stubGlobal(
    'ResizeObserver',
    class {
      constructor(listener: Resized) {
        resized = listener;
      }
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      constructor(listener: Seen) {
        seen = listener;
      }
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
}

const stream = (id: StreamId, source: Source = 'camera'): Stream => ({
  id,
  participant: `p ${id}`,
  source,
  muted: false,
  media: null,
  state: 'off',
});

/** As much of a conference as the registry uses. */
class Listening {
  told: Map<StreamId, Want>[] = [];
  #snapshot: ConferenceSnapshot = {
    ...BEFORE,
    streams: [stream('a'), stream('b'), stream('voice', 'microphone')],
  };
  readonly #listeners = new Set<() => void>();
  snapshot = () => this.#snapshot;
  subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  want = (wants: ReadonlyMap<StreamId, Want>) => {
    this.told.push(new Map(wants));
  };
  has(streams: readonly Stream[]): void {
    this.#snapshot = { ...this.#snapshot, streams };
    for (const listener of this.#listeners) listener();
  }
}

let conference: Listening;
let registry: WantRegistry;

function element(width: number, height: number): HTMLElement {
  const made = document.createElement('div');
  made.getBoundingClientRect = () => ({ width, height }) as DOMRect;
  return made;
}

function hide(hidden: boolean): void {
  Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}

const settle = () => vi.advanceTimersByTime(300);

beforeEach(() => {
  vi.useFakeTimers();
  observers();
  vi.stubGlobal('devicePixelRatio', 2);
  conference = new Listening();
  registry = new WantRegistry(conference as unknown as Conference);
  registry.start();
});

afterEach(() => {
  registry.stop();
  hide(false);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('what is wanted', () => {
  test('is what is shown, in physical pixels, all in one message', () => {
    registry.show(element(320, 180), { stream: 'a', priority: 'tile', fit: 'cover' });
    registry.show(element(160, 90), { stream: 'b', priority: 'speaker', fit: 'cover' });
    settle();
    expect(conference.told).toEqual([
      new Map([
        ['a', { on: true, width: 640, priority: 'tile' }],
        ['b', { on: true, width: 320, priority: 'speaker' }],
      ]),
    ]);
  });

  test('is not said again while nothing changes', () => {
    const tile = element(320, 180);
    registry.show(tile, { stream: 'a', priority: 'tile', fit: 'cover' });
    settle();
    resized([{ target: tile, contentRect: { width: 319, height: 179 } }]);
    conference.has(conference.snapshot().streams);
    settle();
    expect(conference.told).toHaveLength(1);
  });

  test('follows the size once it has settled', () => {
    const tile = element(320, 180);
    registry.show(tile, { stream: 'a', priority: 'tile', fit: 'cover' });
    settle();
    for (const width of [400, 500, 640]) {
      resized([{ target: tile, contentRect: { width, height: (width * 9) / 16 } }]);
      vi.advanceTimersByTime(20);
    }
    settle();
    expect(conference.told.slice(1)).toEqual([new Map([['a', { on: true, width: 1280, priority: 'tile' }]])]);
  });

  test('is nothing of what is out of sight, gone from the page, or paused', () => {
    const tile = element(320, 180);
    const off = new Map([['a', { on: false }]]);
    const end = registry.show(tile, { stream: 'a', priority: 'tile', fit: 'cover' });
    settle();
    seen([{ target: tile, isIntersecting: false }]);
    settle();
    expect(conference.told.at(-1)).toEqual(off);
    seen([{ target: tile, isIntersecting: true }]);
    settle();
    registry.pause(true);
    settle();
    expect(conference.told.at(-1)).toEqual(off);
    registry.pause(false);
    settle();
    end();
    settle();
    expect(conference.told.at(-1)).toEqual(off);
    expect(conference.told).toHaveLength(6);
  });

  test('is the largest and most important of all places where a stream is shown', () => {
    registry.show(element(160, 90), { stream: 'a', priority: 'pinned', fit: 'cover' });
    registry.show(element(320, 180), { stream: 'a', priority: 'tile', fit: 'cover' });
    settle();
    expect(conference.told.at(-1)).toEqual(new Map([['a', { on: true, width: 640, priority: 'pinned' }]]));
  });

  test('is never said of sound', () => {
    settle();
    expect(registry.wanted().has('voice')).toBe(false);
  });

  test('is asked anew of a stream that went and came back', () => {
    registry.show(element(320, 180), { stream: 'a', priority: 'tile', fit: 'cover' });
    settle();
    conference.has([stream('b')]);
    settle();
    conference.has([stream('a'), stream('b')]);
    settle();
    expect(conference.told.map((wants) => wants.get('a')?.on)).toEqual([true, true]);
  });
});

describe('a hidden page', () => {
  test('goes on for some seconds, then wants no pictures, and all of them when it is seen again', () => {
    registry.show(element(320, 180), { stream: 'a', priority: 'tile', fit: 'cover' });
    settle();
    hide(true);
    vi.advanceTimersByTime(HIDDEN_AFTER - 1);
    expect(conference.told).toHaveLength(1);
    vi.advanceTimersByTime(10);
    expect(conference.told.at(-1)).toEqual(new Map([['a', { on: false }]]));
    hide(false);
    vi.advanceTimersByTime(1);
    expect(conference.told.at(-1)?.get('a')?.on).toBe(true);
  });

  test('seen again in time changes nothing', () => {
    registry.show(element(320, 180), { stream: 'a', priority: 'tile', fit: 'cover' });
    settle();
    hide(true);
    vi.advanceTimersByTime(HIDDEN_AFTER / 2);
    hide(false);
    vi.advanceTimersByTime(HIDDEN_AFTER);
    expect(conference.told).toHaveLength(1);
  });

  test('still wants what is shown in a window of its own', () => {
    registry.show(element(320, 180), { stream: 'a', priority: 'speaker', fit: 'contain', apart: true });
    settle();
    hide(true);
    vi.advanceTimersByTime(HIDDEN_AFTER + 300);
    expect(conference.told).toHaveLength(1);
  });
});

describe('what is handed on', () => {
  test('is wanted when nobody sees the page, until it is not handed on any more', () => {
    registry.show(element(640, 360), { stream: 'a', priority: 'tile', fit: 'cover' });
    const release = registry.hold();
    settle();
    hide(true);
    vi.advanceTimersByTime(HIDDEN_AFTER + 300);
    expect(conference.told).toHaveLength(1);
    release();
    // Twice counts once.
    release();
    settle();
    expect(conference.told.at(-1)).toEqual(new Map([['a', { on: false }]]));
  });

  test('is wanted while anybody hands it on', () => {
    registry.show(element(640, 360), { stream: 'a', priority: 'tile', fit: 'cover' });
    const [first, second] = [registry.hold(), registry.hold()];
    hide(true);
    first();
    vi.advanceTimersByTime(HIDDEN_AFTER + 300);
    expect(conference.told.at(-1)?.get('a')?.on).toBe(true);
    second();
    settle();
    expect(conference.told.at(-1)?.get('a')?.on).toBe(false);
  });

  test('is large enough for others, however small it is here', () => {
    conference.has([stream('a'), stream('s', 'screen')]);
    registry.show(element(80, 45), { stream: 'a', priority: 'tile', fit: 'cover' });
    registry.show(element(80, 45), { stream: 's', priority: 'tile', fit: 'contain' });
    const release = registry.hold();
    settle();
    expect(registry.wanted().get('a')).toMatchObject({ on: true, width: 640 });
    expect(registry.wanted().get('s')).toMatchObject({ on: true, width: 1280 });
    release();
    expect(registry.wanted().get('a')).toMatchObject({ width: 160 });
  });

  test('is only what is shown here, and nothing while data are saved', () => {
    registry.hold();
    settle();
    expect([...registry.wanted().values()].some(({ on }) => on)).toBe(false);
    registry.show(element(640, 360), { stream: 'a', priority: 'tile', fit: 'cover' });
    registry.pause(true);
    expect(registry.wanted().get('a')).toEqual({ on: false });
  });
});

test('stopped, nothing is said any more', () => {
  registry.stop();
  registry.show(element(320, 180), { stream: 'a', priority: 'tile', fit: 'cover' });
  settle();
  conference.has([]);
  settle();
  expect(conference.told).toEqual([]);
});

test('a place that cuts needs more than its width, one that does not needs less', () => {
  expect(widthFor(160, 160, 'cover', 1)).toBe(288);
  expect(widthFor(640, 180, 'contain', 1)).toBe(320);
  expect(widthFor(0, 0, 'cover', 1)).toBe(32);
});
