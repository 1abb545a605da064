/** One of the pictures that lie above each other while one takes the place of another. */
export interface Layer {
  readonly number: number;
  readonly media: MediaStream;
  /** Whether a frame of it has been seen. The first of all waits for nobody: there is nothing below it. */
  readonly ready: boolean;
}

export const firstLayer = (media: MediaStream): readonly Layer[] => [{ number: 0, media, ready: true }];

/** What lies above each other once `media` is to be shown: below it what is seen now, until its first frame is there. */
export function layersWith(layers: readonly Layer[], media: MediaStream): readonly Layer[] {
  const newest = layers.at(-1);
  if (newest?.media === media) return layers;
  const seen = layers.findLast(({ ready }) => ready);
  if (!newest || !seen) return firstLayer(media);
  // Back to what is still seen: the one that never came is forgotten.
  if (seen.media === media) return [seen];
  return [seen, { number: newest.number + 1, media, ready: false }];
}

export const layersReady = (layers: readonly Layer[], number: number): readonly Layer[] =>
  layers.map((layer) => (layer.number === number ? { ...layer, ready: true } : layer));

/** Calls `done` once the element has shown a frame of what it plays now. */
export function onFirstFrame(video: HTMLVideoElement, done: () => void): () => void {
  // Old browsers have no such call, whatever the types say.
  if (typeof video.requestVideoFrameCallback === 'function') {
    const request = video.requestVideoFrameCallback(() => done());
    return () => video.cancelVideoFrameCallback(request);
  }
  video.addEventListener('playing', done, { once: true });
  return () => video.removeEventListener('playing', done);
}
