import type { Source } from './source';
import type { Transformer } from './worker';

/** Copies the frames of a receiver for those who want them, and lets them go on unchanged. */
export function runTap(transformer: Transformer, source: Source): void {
  source.joined(() => {
    // A receiver whose track has ended has nobody to ask.
    transformer.sendKeyFrameRequest?.().catch(() => {});
  });
  const copy = new TransformStream<RTCEncodedVideoFrame, RTCEncodedVideoFrame>({
    transform(frame, out) {
      if (source.wanted) {
        const begun = performance.now();
        const { rtpTimestamp, mimeType } = described(frame);
        source.mimeType = mimeType;
        const taken = { data: frame.data.slice(0), key: frame.type === 'key', at: begun };
        source.costs(performance.now() - begun);
        source.frame(taken, rtpTimestamp);
      }
      out.enqueue(frame);
    },
  });
  // Ends with the receiver.
  transformer.readable
    .pipeThrough(copy)
    .pipeTo(transformer.writable)
    .catch(() => {});
}

/** What newer engines tell of a frame. */
interface Described extends RTCEncodedVideoFrameMetadata {
  readonly rtpTimestamp?: number;
  readonly mimeType?: string;
}

export function described(frame: RTCEncodedVideoFrame) {
  const { rtpTimestamp, mimeType } = frame.getMetadata() as Described;
  return {
    rtpTimestamp: rtpTimestamp ?? frame.timestamp,
    mimeType: mimeType?.toLowerCase() ?? null,
  };
}
