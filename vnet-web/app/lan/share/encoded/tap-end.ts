import { flow } from './flow';
import type { Source } from './source';
import type { Transformer } from './worker';

/** Copies the frames of a receiver for those who want them, and lets them go on unchanged. */
export function runTap(transformer: Transformer, source: Source): void {
  source.joined(() => {
    // A receiver whose track has ended has nobody to ask.
    transformer.sendKeyFrameRequest?.().catch(() => {});
  });
  const stamps = new Stamps();
  // Ends with the receiver.
  void flow(transformer, (frame, goOn) => {
    if (source.wanted) {
      const begun = performance.now();
      const key = frame.type === 'key';
      // A change of codecs comes with a key frame.
      if (key || source.mimeType === null) source.mimeType = described(frame).mimeType;
      const taken = { data: frame.data.slice(0), key, at: begun };
      source.costs(performance.now() - begun);
      source.frame(taken, stamps.of(frame));
    }
    goOn(frame);
  });
}

/** The RTP time stamps of frames: from where they cost least, once that is known to be the same. */
class Stamps {
  #isPlain = false;

  of(frame: RTCEncodedVideoFrame): number {
    if (this.#isPlain) return frame.timestamp;
    const { rtpTimestamp } = described(frame);
    this.#isPlain = rtpTimestamp === frame.timestamp;
    return rtpTimestamp;
  }
}

/** What newer engines tell of a frame. */
interface Described extends RTCEncodedVideoFrameMetadata {
  readonly rtpTimestamp?: number;
  readonly mimeType?: string;
}

/** What the engine knows of a frame; a call to be spared where it is not needed for each one. */
export function described(frame: RTCEncodedVideoFrame) {
  const { rtpTimestamp, mimeType } = frame.getMetadata() as Described;
  return {
    rtpTimestamp: rtpTimestamp ?? frame.timestamp,
    mimeType: mimeType?.toLowerCase() ?? null,
  };
}
