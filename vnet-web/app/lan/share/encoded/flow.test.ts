import { expect, it } from 'vitest';
import { flow } from './flow';

function ends() {
  let from!: ReadableStreamDefaultController<number>;
  let ended: 'open' | 'closed' | 'cancelled' | 'aborted' = 'open';
  const written: number[] = [];
  const readable = new ReadableStream<number>({
    start: (controller) => {
      from = controller;
    },
    cancel: () => {
      ended = 'cancelled';
    },
  });
  const writable = new WritableStream<number>({
    write: (frame) => {
      if (frame < 0) throw new Error('no frame');
      written.push(frame);
    },
    close: () => {
      ended = 'closed';
    },
    abort: () => {
      ended = 'aborted';
    },
  });
  return { readable, writable, from, written, ended: () => ended };
}

it('lets on what it is told, in order, also later and more than came', async () => {
  const { readable, writable, from, written, ended } = ends();
  const held: number[] = [];
  const over = flow({ readable, writable }, (frame, goOn) => {
    if (frame % 2 === 1) held.push(frame);
    else for (const one of [...held.splice(0), frame]) goOn(one);
  });
  for (const frame of [1, 2, 3, 5, 6]) from.enqueue(frame);
  from.close();
  await over;
  expect(written).toEqual([1, 2, 3, 5, 6]);
  expect(ended()).toBe('closed');
});

it('reads no more when nothing can be written', async () => {
  const { readable, writable, from, written, ended } = ends();
  const over = flow({ readable, writable }, (frame, goOn) => goOn(frame));
  for (const frame of [1, -1, 2]) from.enqueue(frame);
  await over;
  expect(written).toEqual([1]);
  expect(ended()).toBe('cancelled');
});

it('gives up the way on when nothing comes any more because something went wrong', async () => {
  const { readable, writable, from, ended } = ends();
  const over = flow({ readable, writable }, (frame, goOn) => goOn(frame));
  from.error(new Error('lost'));
  await over;
  expect(ended()).toBe('aborted');
});
