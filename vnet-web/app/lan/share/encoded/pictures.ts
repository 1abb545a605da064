import { CARRIER_SIZE } from './messages';
import { canGenerate } from './support';

/** Where a carrier's pictures come from. */
export interface Pictures {
  readonly track: MediaStreamTrack;
  /** For the worker, where it can make them by itself. */
  readonly into: WritableStream<VideoFrame> | null;
  /** Gives the track one more, where the worker cannot. */
  paint(): void;
}

interface Generator extends MediaStreamTrack {
  readonly writable: WritableStream<VideoFrame>;
}
declare const MediaStreamTrackGenerator: new (init: { kind: 'video' }) => Generator;

interface Capture {
  requestFrame?(): void;
}

export function newPictures(): Pictures {
  return canGenerate() ? generated() : painted();
}

function generated(): Pictures {
  const track = new MediaStreamTrackGenerator({ kind: 'video' });
  return { track, into: track.writable, paint: () => {} };
}

function painted(): Pictures {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = CARRIER_SIZE;
  const context = canvas.getContext('2d', { alpha: false });
  const stream: MediaStream & Capture = canvas.captureStream(0);
  const [track] = stream.getVideoTracks() as (MediaStreamTrack & Capture)[];
  if (!context || !track) throw new Error('no picture can be painted here');
  // Firefox has it where the standard had it first.
  const capture = track.requestFrame ? track : stream;
  let count = 0;
  const paint = () => {
    count += 1;
    context.fillStyle = count % 2 ? '#606060' : '#a0a0a0';
    context.fillRect(0, 0, CARRIER_SIZE, CARRIER_SIZE);
    capture.requestFrame?.();
  };
  return { track, into: null, paint };
}
