import { beforeEach, expect, it, vi } from 'vitest';
import { canBlur, setBlur } from './blur';
import { keepChoices, readChoices } from './choices';
import { loudness } from './level';

beforeEach(() => localStorage.clear());

it('choices are remembered beside each other', () => {
  keepChoices({ microphone: 'mic-1', cameraMuted: true });
  keepChoices({ speaker: 'out-1' });
  expect(readChoices()).toEqual({
    microphone: 'mic-1',
    camera: null,
    speaker: 'out-1',
    microphoneMuted: false,
    cameraMuted: true,
    blur: false,
  });
});

it.each(['', 'null', '[]', '7', '{', '{"microphone":7,"camera":"","cameraMuted":"yes"}'])(
  '%s is nothing chosen',
  (kept) => {
    localStorage.setItem('vnet.devices', kept);
    expect(readChoices()).toMatchObject({ microphone: null, camera: null, cameraMuted: false });
  },
);

it('a browser that stores nothing is no fault', () => {
  const full = () => {
    throw new Error('full');
  };
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: full });
  expect(() => keepChoices({ blur: true })).not.toThrow();
  expect(readChoices().blur).toBe(false);
  vi.unstubAllGlobals();
});

it('loudness goes from silent to loud', () => {
  const wave = (size: number) => new Float32Array(1024).map((_none, at) => size * Math.sin(at / 5));
  const levels = [0, 0.01, 0.1, 0.9].map((size) => loudness(wave(size)));
  expect(levels[0]).toBe(0);
  expect(levels).toEqual([...levels].sort((a, b) => a - b));
  expect(new Set(levels).size).toBe(4);
  expect(levels[3]).toBe(1);
});

it('blur is offered by cameras that can do both, and told as it is', async () => {
  let isOn = false;
  const camera = (choices: boolean[]) =>
    ({
      getCapabilities: () => ({ backgroundBlur: choices }),
      getConstraints: () => ({ width: 640 }),
      getSettings: () => ({ backgroundBlur: isOn }),
      applyConstraints: vi.fn(async ({ advanced }: MediaTrackConstraints) => {
        isOn = advanced?.[0]?.backgroundBlur === true;
      }),
    }) as unknown as MediaStreamTrack;
  expect(canBlur(null)).toBe(false);
  expect(canBlur(camera([false]))).toBe(false);
  const good = camera([true, false]);
  expect(await setBlur(good, true)).toBe(true);
  expect(good.applyConstraints).toHaveBeenCalledWith({ width: 640, advanced: [{ backgroundBlur: true }] });
  expect(await setBlur(camera([]), true)).toBe(false);
});
