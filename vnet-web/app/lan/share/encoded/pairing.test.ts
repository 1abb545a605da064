import { describe, expect, it } from 'vitest';
import { LOST, MAX_WAIT, Pairing } from './pairing';

/** A pairing whose carrier frames are numbers, and whose source frames carry theirs as their only byte. */
function setUp() {
  const written: string[] = [];
  /** The frames whose times pictures were asked for with, by when they came. */
  let pictures: number[] = [];
  let keys = 0;
  const pairing = new Pairing<number>({
    write: (frame, { data }) => written.push(`${frame}=${new Uint8Array(data)[0]}`),
    askPicture: (time) => pictures.push(time / 1_000),
    askKey: () => {
      keys += 1;
    },
    wake: () => {},
  });
  const source = (number: number, at: number, key = false) =>
    pairing.source({ data: new Uint8Array([number]).buffer, key, at, time: at * 1_000 });
  const asked = () => {
    const now = { pictures, keys };
    pictures = [];
    keys = 0;
    return now;
  };
  return { pairing, source, written, asked };
}

/** The same, flowing: carrier frame 1 has taken the key frame 1. */
function flowing() {
  const all = setUp();
  all.source(0, 0);
  all.pairing.carrier(1, true, 0);
  all.source(1, 10, true);
  expect(all.written.splice(0)).toEqual(['1=1']);
  all.asked();
  return all;
}

describe('Pairing', () => {
  it('starts the encoder with pictures, asks for a key frame when it runs, and lets nothing out before', () => {
    const { pairing, source, written, asked } = setUp();
    source(1, 0, true);
    source(2, 33);
    expect(asked()).toEqual({ pictures: [0, 33], keys: 0 });
    pairing.carrier(1, true, 40);
    expect(asked().keys).toBe(1);
    source(3, 66);
    pairing.carrier(2, false, 70);
    expect(written).toEqual([]);
    source(4, 99, true);
    expect(written).toEqual(['2=4']);
  });

  it('puts each frame into the next of the carrier', () => {
    const { pairing, source, written, asked } = flowing();
    source(2, 43);
    pairing.carrier(2, false, 45);
    source(3, 76);
    pairing.carrier(3, false, 78);
    expect(asked()).toEqual({ pictures: [43, 76], keys: 0 });
    expect(written).toEqual(['2=2', '3=3']);
  });

  it('asks for one picture at a time when frames come at once, each with the time of its frame', () => {
    const { pairing, source, written, asked } = flowing();
    source(2, 43);
    source(3, 44);
    source(4, 45);
    expect(asked().pictures).toEqual([43]);
    pairing.carrier(2, false, 46);
    expect(asked().pictures).toEqual([44]);
    pairing.carrier(3, false, 48);
    expect(asked().pictures).toEqual([45]);
    pairing.carrier(4, false, 50);
    expect(asked().pictures).toEqual([]);
    expect(written).toEqual(['2=2', '3=3', '4=4']);
  });

  it('keeps a carrier frame that is early, and asks for no other then', () => {
    const { pairing, source, written, asked } = flowing();
    pairing.carrier(2, false, 20);
    source(2, 43);
    expect(written).toEqual(['2=2']);
    expect(asked()).toEqual({ pictures: [], keys: 0 });
  });

  it('makes up for a picture that the encoder has left out, when another frame comes', () => {
    const { pairing, source, written, asked } = flowing();
    source(2, 43);
    source(3, 76);
    expect(asked().pictures).toEqual([43]);
    source(4, 43 + LOST);
    expect(asked().pictures).toEqual([43]);
    for (const frame of [2, 3, 4]) pairing.carrier(frame, false, 45 + LOST);
    expect(asked().pictures).toEqual([76, 43 + LOST]);
    expect(written).toEqual(['2=2', '3=3', '4=4']);
  });

  it('makes up for it also when no other frame comes', () => {
    const { pairing, source, written, asked } = flowing();
    source(2, 40);
    expect(asked().pictures).toEqual([40]);
    pairing.look(60);
    expect(asked().pictures).toEqual([]);
    pairing.look(40 + LOST);
    expect(asked().pictures).toEqual([40]);
    pairing.carrier(2, false, 130);
    expect(written).toEqual(['2=2']);
    pairing.look(40 + 2 * LOST);
    expect(asked()).toEqual({ pictures: [], keys: 0 });
  });

  it('needs no other picture for what comes later than believed', () => {
    const { pairing, source, written, asked } = flowing();
    source(2, 40);
    pairing.look(40 + LOST);
    expect(asked().pictures).toEqual([40, 40]);
    pairing.carrier(2, false, 130);
    pairing.carrier(3, false, 131);
    source(3, 140);
    expect(written).toEqual(['2=2', '3=3']);
    expect(asked().pictures).toEqual([]);
  });

  it('gives up frames that wait too long, and goes on with a key frame', () => {
    const { pairing, source, written, asked } = flowing();
    for (let at = 40; at < MAX_WAIT + 100; at += 40) source(2, at);
    expect(asked().keys).toBe(1);
    pairing.carrier(2, false, 600);
    source(3, 610);
    expect(written).toEqual([]);
    source(4, 640, true);
    source(5, 680);
    pairing.carrier(3, false, 690);
    expect(written).toEqual(['2=4', '3=5']);
  });

  it('passes a request of the receiver on, once, and does not stop for it', () => {
    const { pairing, source, written, asked } = flowing();
    source(2, 400);
    pairing.carrier(2, true, 405);
    expect(asked().keys).toBe(1);
    source(3, 440, true);
    pairing.carrier(3, false, 445);
    // The key frame is on its way: this is the same request.
    source(4, 480);
    pairing.carrier(4, true, 485);
    expect(asked().keys).toBe(0);
    expect(written).toEqual(['2=2', '3=3', '4=4']);
  });

  it('stops when frames are missing, until a key frame comes', () => {
    const { pairing, source, written, asked } = flowing();
    source(2, 40);
    pairing.interrupt();
    pairing.interrupt();
    expect(asked().keys).toBe(1);
    pairing.carrier(2, false, 50);
    source(3, 80);
    source(4, 120, true);
    expect(written).toEqual(['2=4']);
  });

  it('leaves out what a key frame makes needless', () => {
    const { pairing, source, written } = flowing();
    for (const number of [2, 3, 4]) source(number, 40 + number);
    source(5, 50, true);
    pairing.carrier(2, false, 60);
    expect(written).toEqual(['2=5']);
  });
});
