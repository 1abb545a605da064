import { Link } from './link';

export interface EncodedSupport {
  /** Codecs whose compressed frames can be sent on, in lower case; empty when none can. */
  readonly codecs: readonly string[];
}

/** In the order of preference. Others need the carrier's key frames to fall on those of the source. */
const CODECS = ['vp8'] as const;

/** What this browser can send on without encoding. */
export function encodedSupport(): EncodedSupport {
  const able =
    typeof RTCRtpScriptTransform === 'function' &&
    typeof Worker === 'function' &&
    typeof RTCRtpSender === 'function' &&
    'transform' in RTCRtpSender.prototype &&
    'transform' in RTCRtpReceiver.prototype &&
    (canGenerate() || canCapture());
  if (!able) return { codecs: [] };
  const spoken = new Set(
    (RTCRtpSender.getCapabilities('video')?.codecs ?? []).map(({ mimeType }) => mimeType.toLowerCase()),
  );
  const codecs = CODECS.filter((codec) => spoken.has(`video/${codec}`));
  return { codecs: codecs.length > 0 && !Link.get().failed ? codecs : [] };
}

/** Pictures can be made in a worker: these flow also while the page is hidden. */
export function canGenerate(): boolean {
  return 'MediaStreamTrackGenerator' in globalThis && 'VideoFrame' in globalThis;
}

function canCapture(): boolean {
  return (
    typeof HTMLCanvasElement === 'function' && typeof HTMLCanvasElement.prototype.captureStream === 'function'
  );
}

/**
 * Makes an m-line one that frames can be sent on in: the codecs that can be before the others, and the way through
 * the worker open. To be called in the task in which the transceiver is made: later is too late for some engines.
 */
export function preferEncoded(transceiver: RTCRtpTransceiver): void {
  if (encodedSupport().codecs.length === 0) return;
  Link.get().open(transceiver.sender);
  const offered = RTCRtpSender.getCapabilities('video')?.codecs ?? [];
  const first = (mimeType: string) => CODECS.some((codec) => mimeType.toLowerCase() === `video/${codec}`);
  const ordered = [
    ...offered.filter(({ mimeType }) => first(mimeType)),
    ...offered.filter(({ mimeType }) => !first(mimeType)),
  ];
  if (ordered.length > 0) transceiver.setCodecPreferences(ordered);
}
