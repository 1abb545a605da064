/** A track of no device, for tests without a browser. */
export function testTrack(kind: 'audio' | 'video'): MediaStreamTrack {
  const [track] = document.createElement('canvas').captureStream().getVideoTracks();
  if (!track) throw new Error('nothing can be captured here');
  Object.defineProperty(track, 'kind', { value: kind });
  return track;
}
