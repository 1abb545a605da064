import { describe, expect, test, vi } from 'vitest';
import { firstLayer, layersReady, layersWith, onFirstFrame } from './layers';

const [a, b, c] = [new MediaStream(), new MediaStream(), new MediaStream()];
const media = (layers: readonly { media: MediaStream; ready: boolean }[]) =>
  layers
    .map(({ media, ready }) => `${media === a ? 'a' : media === b ? 'b' : 'c'}${ready ? '' : '?'}`)
    .join(' ');

describe('pictures above each other', () => {
  test('the first one waits for nobody', () => {
    expect(media(firstLayer(a))).toBe('a');
  });

  test('the one before stays until the next one is there', () => {
    const both = layersWith(firstLayer(a), b);
    expect(media(both)).toBe('a b?');
    expect(media(layersReady(both, both[1]?.number ?? -1))).toBe('a b');
    expect(layersWith(both, b)).toBe(both);
  });

  test('one that never came is passed over', () => {
    const both = layersWith(firstLayer(a), b);
    expect(media(layersWith(both, c))).toBe('a c?');
    expect(media(layersWith(both, a))).toBe('a');
    const numbers = layersWith(both, c).map(({ number }) => number);
    expect(new Set(numbers).size).toBe(2);
    expect(both.some(({ number }) => number === numbers[1])).toBe(false);
  });

  test('once the next one is there it is the one that stays', () => {
    const both = layersReady(layersWith(firstLayer(a), b), 1);
    expect(media(layersWith(both, c))).toBe('b c?');
  });
});

describe('the first frame', () => {
  const video = () => document.createElement('video');

  test('is told by the browser where it can', () => {
    const element = video();
    const cancel = vi.fn();
    let present = () => {};
    Object.assign(element, {
      requestVideoFrameCallback: (callback: () => void) => {
        present = callback;
        return 7;
      },
      cancelVideoFrameCallback: cancel,
    });
    const done = vi.fn();
    const end = onFirstFrame(element, done);
    element.dispatchEvent(new Event('playing'));
    expect(done).not.toHaveBeenCalled();
    present();
    expect(done).toHaveBeenCalledOnce();
    end();
    expect(cancel).toHaveBeenCalledWith(7);
  });

  test('elsewhere it is there when it plays', () => {
    const element = video();
    const done = vi.fn();
    onFirstFrame(element, done);
    element.dispatchEvent(new Event('playing'));
    element.dispatchEvent(new Event('playing'));
    expect(done).toHaveBeenCalledOnce();
    const other = vi.fn();
    onFirstFrame(element, other)();
    element.dispatchEvent(new Event('playing'));
    expect(other).not.toHaveBeenCalled();
  });
});
