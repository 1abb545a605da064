export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The size that a VP8 key frame gives to itself and to those that follow (RFC 6386, section 9.1). */
export function keyFrameSize(data: ArrayBuffer): Size | null {
  if (data.byteLength < 10) return null;
  const view = new DataView(data);
  const isKey = (view.getUint8(0) & 1) === 0;
  const begins = view.getUint8(3) === 0x9d && view.getUint8(4) === 0x01 && view.getUint8(5) === 0x2a;
  if (!isKey || !begins) return null;
  // The upper two bits say how to scale it up.
  return { width: view.getUint16(6, true) & 0x3fff, height: view.getUint16(8, true) & 0x3fff };
}
