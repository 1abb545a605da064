import { Text } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useFigureWords } from './amount';
import type { StreamFigures } from './figures';
import type { Received } from './guest-link';
import classes from './lan.module.css';

interface ReceivedTileProps {
  readonly stream: Received;
  readonly figures: StreamFigures | null;
}

/** A picture that came over this network, in a frame that tells it from those of the meeting. */
export function ReceivedTile({ stream, figures }: ReceivedTileProps) {
  const { t } = useTranslation();
  const say = useFigureWords();
  const video = useRef<HTMLVideoElement>(null);
  const { media, source } = stream;
  const name = stream.name || t('lan.somebody');
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    element.srcObject = media;
    // The page may not play by itself: muted pictures may.
    void element.play().catch(() => {});
    return () => {
      element.srcObject = null;
    };
  }, [media]);
  return (
    <figure className={classes['tile']} data-lan-stream={stream.key}>
      {/* The sound of the meeting comes over the meeting. */}
      <video
        ref={video}
        autoPlay
        muted
        playsInline
        aria-label={t('lan.tile', { name })}
        data-source={source}
      />
      <figcaption>
        <Text size="sm" span>
          {source === 'screen' ? t('lan.screen', { name }) : t('lan.camera', { name })}
        </Text>
        {figures && (
          <Text size="xs" c="dimmed" span>
            {say(figures)}
          </Text>
        )}
      </figcaption>
    </figure>
  );
}
