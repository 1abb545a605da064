import { expect, it } from 'vitest';
import { HOLD, LOSSY, Order } from './order';

const STEP = 3_000;

function setUp() {
  const order = new Order();
  /** Frame `number` comes at `at`; gives those that may go on, or null when one of them is lost for good. */
  return (number: number, at: number, key = false) => {
    const data = new Uint8Array([number]).buffer;
    const { ready, broken } = order.push(
      { data, key, at, time: at * 1_000 },
      (0xffff_0000 + number * STEP) >>> 0,
    );
    return broken ? null : ready.map((frame) => new Uint8Array(frame.data)[0]);
  };
}

it('lets frames through as they come, over the end of the time stamps', () => {
  const push = setUp();
  expect(push(1, 0, true)).toEqual([1]);
  for (let number = 2; number < 60; number++) expect(push(number, number * 33)).toEqual([number]);
});

it('leaves out what came before', () => {
  const push = setUp();
  push(1, 0, true);
  push(2, 33);
  push(3, 66);
  expect(push(1, 80, true)).toEqual([]);
  expect(push(2, 81)).toEqual([]);
  expect(push(4, 99)).toEqual([4]);
});

it('does not wait for what is missing as long as nothing came late', () => {
  const push = setUp();
  push(1, 0, true);
  push(2, 33);
  expect(push(5, 132)).toEqual([5]);
});

it('says when a frame comes too late, and waits for the next that does', () => {
  const push = setUp();
  push(1, 0, true);
  push(2, 33);
  expect(push(4, 99)).toEqual([4]);
  expect(push(3, 120)).toBeNull();
  expect(push(5, 132)).toEqual([5]);
  expect(push(7, 198)).toEqual([]);
  expect(push(8, 231)).toEqual([]);
  expect(push(6, 250)).toEqual([6, 7, 8]);
  expect(push(9, 264)).toEqual([9]);
});

it('waits no longer than a moment, and not at all when the line is well again', () => {
  const push = setUp();
  push(0, 0, true);
  push(1, 33);
  push(3, 66);
  push(2, 80);
  push(4, 99);
  push(5, 132);
  expect(push(7, 198)).toEqual([]);
  expect(push(8, 198 + HOLD)).toEqual([7, 8]);
  expect(push(12, 80 + LOSSY)).toEqual([12]);
});

it('needs nothing from before a key frame', () => {
  const push = setUp();
  push(0, 0, true);
  push(1, 33);
  push(3, 66);
  push(2, 80);
  push(4, 99);
  expect(push(6, 165)).toEqual([]);
  expect(push(7, 198, true)).toEqual([7]);
  expect(push(5, 210)).toEqual([]);
  expect(push(8, 231)).toEqual([8]);
});
