// A worker that says of each compressed frame that runs through it what is in it.
interface Transformer {
  readonly readable: ReadableStream<RTCEncodedVideoFrame>;
  readonly writable: WritableStream<RTCEncodedVideoFrame>;
  readonly options: { readonly end: string };
}

/** FNV-1a: differs when one bit does. */
function hash(data: ArrayBuffer): string {
  let value = 0x811c9dc5;
  for (const byte of new Uint8Array(data)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return `${data.byteLength}:${value}`;
}

addEventListener('rtctransform', (event) => {
  const { readable, writable, options } = (event as unknown as { readonly transformer: Transformer }).transformer;
  const look = new TransformStream<RTCEncodedVideoFrame, RTCEncodedVideoFrame>({
    transform(frame, out) {
      const { frameId, dependencies, width, height, mimeType } = frame.getMetadata() as Record<string, unknown>;
      postMessage({ end: options.end, hash: hash(frame.data), type: frame.type, frameId, dependencies, width, height, mimeType });
      out.enqueue(frame);
    },
  });
  readable.pipeThrough(look).pipeTo(writable).catch(() => {});
});
