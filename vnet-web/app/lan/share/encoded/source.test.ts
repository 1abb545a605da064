import { expect, it } from 'vitest';
import { Pairing } from './pairing';
import { Source } from './source';

function setUp() {
  let requests = 0;
  const source = new Source();
  source.joined(() => {
    requests += 1;
  });
  const written: number[] = [];
  const lane = new Pairing<RTCEncodedVideoFrame>({
    write: (_, { at }) => written.push(at),
    askPicture: () => {},
    askKey: () => source.askKey(at),
    wake: () => {},
  });
  let at = 0;
  const frame = (time: number, stamp: number, key = false) => {
    at = time;
    source.frame({ data: new ArrayBuffer(1), key, at }, stamp);
  };
  const carrier = (time: number) => {
    at = time;
    lane.carrier({} as RTCEncodedVideoFrame, false, time);
  };
  source.add(lane);
  return { source, lane, written, frame, carrier, requests: () => requests };
}

it('asks again for a key frame until it comes, but not at each frame', () => {
  const { frame, carrier, requests } = setUp();
  carrier(0);
  expect(requests()).toBe(1);
  for (let time = 10; time < 300; time += 30) frame(time, time * 90);
  expect(requests()).toBe(1);
  frame(310, 310 * 90);
  expect(requests()).toBe(2);
  frame(340, 340 * 90, true);
  for (let time = 370; time < 2_000; time += 30) {
    frame(time, time * 90);
    carrier(time + 5);
  }
  expect(requests()).toBe(2);
});

it('tells how many frames have come, not at each one', () => {
  const told: number[] = [];
  const source = new Source((frames) => told.push(frames));
  for (let count = 0; count < 31; count += 1)
    source.frame({ data: new ArrayBuffer(1), key: count === 0, at: count * 33 }, count * 3_000);
  expect(told).toEqual([1, 8, 15, 22, 29]);
});

it('lets no frame out that is older than the last, nor those that need it', () => {
  const { frame, carrier, written } = setUp();
  carrier(0);
  frame(10, 0xffff_f000, true);
  // The stamp has begun anew.
  carrier(20);
  frame(40, 0x0000_0100);
  expect(written).toEqual([10, 40]);
  carrier(50);
  frame(70, 0x0000_2000);
  carrier(80);
  frame(90, 0x0000_1000);
  frame(120, 0x0000_3000);
  expect(written).toEqual([10, 40, 70]);
  frame(150, 0x0000_4000, true);
  expect(written).toEqual([10, 40, 70, 150]);
});

it('sends to nobody who has left', () => {
  const { source, lane, frame, carrier, written } = setUp();
  carrier(0);
  source.delete(lane);
  expect(source.wanted).toBe(false);
  frame(10, 900, true);
  expect(written).toEqual([]);
});
