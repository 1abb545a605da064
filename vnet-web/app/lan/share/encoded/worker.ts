// The worker that compressed frames run through: those of receivers are copied, those of senders get other
// contents. One for the whole page, because a tap feeds many lanes.
import { LaneEnd } from './lane-end';
import type { End, Order, Told } from './messages';
import { Painter } from './painter';
import { Source } from './source';
import { runTap } from './tap-end';

/** As in the standard; the library of types for pages does not have it. */
export interface Transformer {
  readonly readable: ReadableStream<RTCEncodedVideoFrame>;
  readonly writable: WritableStream<RTCEncodedVideoFrame>;
  readonly options: End;
  sendKeyFrameRequest?(): Promise<void>;
}

interface Scope {
  addEventListener(
    type: 'rtctransform',
    listener: (event: { readonly transformer: Transformer }) => void,
  ): void;
  addEventListener(type: 'message', listener: (event: { readonly data: Order }) => void): void;
  postMessage(message: Told): void;
}

const scope = globalThis as unknown as Scope;
const sources = new Map<number, Source>();
const lanes = new Map<number, LaneEnd>();
const painter = new Painter((carrier) => scope.postMessage({ type: 'picture', carrier }));

function made<Value>(all: Map<number, Value>, key: number, make: () => Value): Value {
  const known = all.get(key);
  if (known) return known;
  const value = make();
  all.set(key, value);
  return value;
}

const sourceOf = (tap: number) =>
  made(sources, tap, () => new Source((frames) => scope.postMessage({ type: 'gave', tap, frames })));
const laneOf = (lane: number) =>
  made(lanes, lane, () => new LaneEnd(painter, (told) => scope.postMessage(told)));

scope.addEventListener('rtctransform', ({ transformer }) => {
  const { options } = transformer;
  if ('tap' in options) runTap(transformer, sourceOf(options.tap));
  else laneOf(options.lane).run(transformer);
});

scope.addEventListener('message', ({ data }) => {
  switch (data.type) {
    case 'feed':
      laneOf(data.lane).feed(sourceOf(data.tap), data.carrier);
      break;
    case 'pass':
      laneOf(data.lane).pass();
      scope.postMessage({ type: 'passes', lane: data.lane });
      break;
    case 'pictures':
      painter.into(data.carrier, data.into);
      break;
    case 'stop':
      painter.stop(data.carrier);
      break;
  }
});

scope.postMessage({ type: 'runs' });
