import { memo, useEffect, useRef } from 'react';

interface HeardProps {
  readonly voices: readonly MediaStream[];
  /** The browser lets nothing be heard without another click. */
  readonly onBlocked: () => void;
}

/** Plays everything that is to be heard. */
export function Heard({ voices, onBlocked }: HeardProps) {
  return (
    <div hidden>
      {voices.map((media) => (
        <Voice key={media.id} media={media} onBlocked={onBlocked} />
      ))}
    </div>
  );
}

const Voice = memo(
  function Voice({ media, onBlocked }: { media: MediaStream; onBlocked: () => void }) {
    const audio = useRef<HTMLAudioElement>(null);
    const blocked = useRef(onBlocked);
    useEffect(() => {
      const element = audio.current;
      if (!element) return;
      element.srcObject = media;
      element.play()?.catch((error: unknown) => {
        if (error instanceof Error && error.name === 'NotAllowedError') blocked.current();
      });
      return () => {
        element.srcObject = null;
      };
    }, [media]);
    // biome-ignore lint/a11y/useMediaCaption: there is no text of what people say.
    return <audio ref={audio} autoPlay />;
  },
  (before, now) => before.media === now.media,
);
