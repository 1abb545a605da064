// A worker that says of each compressed frame that runs through it what is in it, and may hold every second one back.
interface Transformer {
  readonly readable: ReadableStream<RTCEncodedVideoFrame>;
  readonly writable: WritableStream<RTCEncodedVideoFrame>;
  readonly options: { readonly end: string; readonly hold: number };
}

/** FNV-1a: differs when one bit does. */
function hash(data: ArrayBuffer): string {
  let value = 0x811c9dc5;
  for (const byte of new Uint8Array(data)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return `${data.byteLength}:${value}`;
}

addEventListener('rtctransform', (event) => {
  const { readable, writable, options } = (event as unknown as { readonly transformer: Transformer }).transformer;
  let count = 0;
  const look = new TransformStream<RTCEncodedVideoFrame, RTCEncodedVideoFrame>({
    async transform(frame, out) {
      const { frameId, dependencies, width, height, mimeType, rtpTimestamp } = frame.getMetadata() as Record<string, unknown>;
      const stamp = rtpTimestamp ?? frame.timestamp;
      postMessage({ end: options.end, hash: hash(frame.data), type: frame.type, frameId, dependencies, width, height, mimeType, stamp });
      count += 1;
      if (options.hold > 0 && count % 2 === 0) await new Promise((done) => setTimeout(done, options.hold));
      out.enqueue(frame);
    },
  });
  readable.pipeThrough(look).pipeTo(writable).catch(() => {});
});
