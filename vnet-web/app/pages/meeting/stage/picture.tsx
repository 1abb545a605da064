import { memo, useEffect, useRef } from 'react';
import classes from './tile.module.css';

interface PictureProps {
  readonly media: MediaStream;
  readonly fit: 'cover' | 'contain';
  readonly mirrored?: boolean;
  readonly shown: boolean;
}

/** A picture without its sound; it is attached once for each stream. */
export const Picture = memo(function Picture({ media, fit, mirrored = false, shown }: PictureProps) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    if (element.srcObject !== media) element.srcObject = media;
    // Without sound it may always begin; a failure means that it is about to be replaced.
    element.play()?.catch(() => {});
  }, [media]);
  useEffect(() => {
    const element = video.current;
    return () => {
      if (element) element.srcObject = null;
    };
  }, []);
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
});

const streams = new WeakMap<MediaStreamTrack, MediaStream>();

/** A stream of one's own track: the same for the same track. */
export function ownStream(track: MediaStreamTrack): MediaStream {
  const known = streams.get(track) ?? new MediaStream([track]);
  streams.set(track, known);
  return known;
}
