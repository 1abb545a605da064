import { memo, useCallback, useEffect, useRef, useState } from 'react';
import { firstLayer, type Layer, layersReady, layersWith, onFirstFrame } from './layers';
import classes from './tile.module.css';

/** So long, in milliseconds, the picture before stays below one that is seen already: until it is surely painted. */
const OVERLAP = 100;

interface PictureProps {
  readonly media: MediaStream;
  readonly fit: 'cover' | 'contain';
  readonly mirrored?: boolean;
  readonly shown: boolean;
  /** Stands still at its last frame, whatever comes. */
  readonly still?: boolean;
}

/**
 * A picture without its sound; it is attached once for each stream. When another stream comes, the one before stays,
 * standing still, until the other one shows its first frame: nobody sees a gap.
 */
export const Picture = memo(function Picture({ media, still = false, shown, ...look }: PictureProps) {
  const [layers, setLayers] = useState(() => firstLayer(media));
  const now = layersWith(layers, media);
  if (now !== layers) setLayers(now);
  const isReady = useCallback((number: number) => setLayers((before) => layersReady(before, number)), []);
  const newest = now.at(-1);
  const isDone = now.length > 1 && newest?.ready === true;
  useEffect(() => {
    if (!isDone) return;
    const timer = setTimeout(() => setLayers((before) => before.slice(-1)), OVERLAP);
    return () => clearTimeout(timer);
  }, [isDone]);
  return now.map((layer) => (
    <Film
      key={layer.number}
      layer={layer}
      // What is behind a track may change to something else as soon as it is not shown any more.
      still={still || layer !== newest}
      shown={shown && layer.ready}
      onReady={isReady}
      {...look}
    />
  ));
});

interface FilmProps extends Omit<PictureProps, 'media'> {
  readonly layer: Layer;
  readonly onReady: (number: number) => void;
}

function Film({ layer: { media, number, ready }, fit, mirrored = false, shown, still, onReady }: FilmProps) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    element.srcObject = media;
    return () => {
      element.srcObject = null;
    };
  }, [media]);
  useEffect(() => {
    const element = video.current;
    if (!element || ready) return;
    return onFirstFrame(element, () => onReady(number));
  }, [ready, number, onReady]);
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    if (still) element.pause();
    // Without sound it may always begin; a failure means that it is about to be replaced.
    else if (media) element.play()?.catch(() => {});
  }, [media, still]);
  return (
    <video
      ref={video}
      className={classes.video}
      data-fit={fit}
      data-mirrored={mirrored || undefined}
      data-shown={shown || undefined}
      autoPlay
      muted
      playsInline
      disablePictureInPicture={false}
      aria-hidden="true"
      tabIndex={-1}
    />
  );
}

const streams = new WeakMap<MediaStreamTrack, MediaStream>();

/** A stream of one's own track: the same for the same track. */
export function ownStream(track: MediaStreamTrack): MediaStream {
  const known = streams.get(track) ?? new MediaStream([track]);
  streams.set(track, known);
  return known;
}
