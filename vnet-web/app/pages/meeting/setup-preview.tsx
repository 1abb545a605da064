import { IconMicrophone, IconMicrophoneOff, IconVideo, IconVideoOff } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './setup.module.css';
import type { SetupMedia } from './setup-media';

/** The first letters of a name, for where there is no picture. */
export function initials(name: string): string {
  const words = name.split(/[\s_.-]+/u).filter(Boolean);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return ends.map((word) => [...(word ?? '')][0]?.toLocaleUpperCase() ?? '').join('');
}

interface Props {
  readonly name: string;
  readonly media: SetupMedia;
}

/** How others will see one, with the switches for camera and microphone. */
export function SetupPreview({ name, media }: Props) {
  const { t } = useTranslation();
  const { camera, microphone } = media;
  const isDark = camera.muted || !camera.track;
  return (
    <div className={classes.preview}>
      {!isDark && camera.track && <Mirror track={camera.track} />}
      {isDark && (
        <div className={classes.dark}>
          <span className={classes.initials} aria-hidden="true">
            {initials(name)}
          </span>
          <p role="status">
            {camera.pending || microphone.pending
              ? t('setup.starting')
              : t(camera.muted ? 'setup.cameraOff' : 'setup.noCamera')}
          </p>
        </div>
      )}
      <span className={classes.badge}>{name}</span>
      <div className={classes.buttons}>
        <button
          type="button"
          className={classes.round}
          data-off={microphone.muted || undefined}
          aria-label={t(microphone.muted ? 'setup.unmute' : 'setup.mute')}
          title={t(microphone.muted ? 'setup.unmute' : 'setup.mute')}
          onClick={() => media.toggle('microphone')}
        >
          {microphone.muted ? (
            <IconMicrophoneOff aria-hidden="true" />
          ) : (
            <IconMicrophone aria-hidden="true" />
          )}
        </button>
        <button
          type="button"
          className={classes.round}
          data-off={camera.muted || undefined}
          aria-label={t(camera.muted ? 'setup.cameraStart' : 'setup.cameraStop')}
          title={t(camera.muted ? 'setup.cameraStart' : 'setup.cameraStop')}
          onClick={() => media.toggle('camera')}
        >
          {camera.muted ? <IconVideoOff aria-hidden="true" /> : <IconVideo aria-hidden="true" />}
        </button>
      </div>
    </div>
  );
}

function Mirror({ track }: { track: MediaStreamTrack }) {
  const { t } = useTranslation();
  const element = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const video = element.current;
    if (!video) return;
    video.srcObject = new MediaStream([track]);
    return () => {
      video.srcObject = null;
    };
  }, [track]);
  return (
    <video
      ref={element}
      className={classes.video}
      aria-label={t('setup.preview')}
      autoPlay
      muted
      playsInline
      disablePictureInPicture
    />
  );
}
