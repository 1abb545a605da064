import { expect, it } from 'vitest';
import { keyFrameSize } from './vp8';

const frame = (...bytes: number[]) => new Uint8Array(bytes).buffer;

it('reads the size of a key frame', () => {
  expect(keyFrameSize(frame(0x10, 2, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x41, 0))).toEqual({
    width: 640,
    height: 360,
  });
});

it('finds none in other frames, in what is too short, or in what is no VP8', () => {
  expect(keyFrameSize(frame(0x11, 2, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01, 0))).toBeNull();
  expect(keyFrameSize(frame(0x10, 2, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68))).toBeNull();
  expect(keyFrameSize(frame(0, 0, 0, 1, 0x67, 0x42, 0x80, 0x02, 0x68, 0x01, 0))).toBeNull();
  expect(keyFrameSize(frame())).toBeNull();
});
