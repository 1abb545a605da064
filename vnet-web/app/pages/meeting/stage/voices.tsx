import { Button } from '@mantine/core';
import { IconVolume } from '@tabler/icons-react';
import { memo, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConferenceSnapshot } from '../../../conference/conference';
import { useCall, useMeeting } from '../call/call';
import classes from './banner.module.css';

interface Heard {
  readonly id: string;
  readonly media: MediaStream;
}

function heard({ streams }: ConferenceSnapshot): Heard[] {
  const voices: Heard[] = [];
  for (const { id, source, media } of streams) {
    if (media && (source === 'microphone' || source === 'screenAudio')) voices.push({ id, media });
  }
  return voices;
}

const same = (one: readonly Heard[], other: readonly Heard[]) =>
  one.length === other.length &&
  one.every((voice, at) => voice.id === other[at]?.id && voice.media === other[at]?.media);

export type SetSpeaker = (element: HTMLMediaElement, speakerId: string | null) => Promise<boolean>;

interface VoicesProps {
  /** `null`: the one that the system uses. */
  readonly speakerId: string | null;
  readonly setSpeaker: SetSpeaker;
}

/** Where the provider plays the sound of others by itself, it is told on which loudspeaker. */
function useLoudspeaker(speakerId: string | null): void {
  const { t } = useTranslation();
  const { conference, notices } = useCall();
  const [tell] = useState(() => ({ failed: () => {} }));
  useEffect(() => {
    tell.failed = () => notices.toast(t('conference.speakerFault'), { id: 'loudspeaker', tone: 'warn' });
  });
  useEffect(() => {
    if (speakerId === null || !conference.setLoudspeaker) return;
    let over = false;
    const choose = async () => {
      const label = await labelOf(speakerId);
      if (!over) await conference.setLoudspeaker?.({ deviceId: speakerId, label });
    };
    // The one that is used goes on.
    choose().catch(() => {
      if (!over) tell.failed();
    });
    return () => {
      over = true;
    };
  }, [conference, speakerId, tell]);
}

/** What the system calls a device: providers may have numbers of their own. */
async function labelOf(speakerId: string): Promise<string> {
  const devices = await navigator.mediaDevices.enumerateDevices();
  const found = devices.find(({ kind, deviceId }) => kind === 'audiooutput' && deviceId === speakerId);
  return found?.label ?? '';
}

/** Plays everything that is to be heard, and asks for a click where the browser wants one first. */
export function Voices({ speakerId, setSpeaker }: VoicesProps) {
  const { t } = useTranslation();
  const voices = useMeeting(heard, same);
  useLoudspeaker(speakerId);
  const place = useRef<HTMLDivElement>(null);
  const [blocked, setBlocked] = useState(false);
  const [sayBlocked] = useState(() => () => setBlocked(true));
  const play = () => {
    const elements = [...(place.current?.querySelectorAll('audio') ?? [])];
    Promise.all(elements.map((element) => element.play())).then(
      () => setBlocked(false),
      () => setBlocked(true),
    );
  };
  return (
    <>
      <div ref={place} hidden>
        {voices.map(({ id, media }) => (
          <Voice
            key={id}
            media={media}
            speakerId={speakerId}
            setSpeaker={setSpeaker}
            onBlocked={sayBlocked}
          />
        ))}
      </div>
      {blocked && (
        <div className={classes.bar} role="alert">
          <IconVolume size="1.2rem" aria-hidden="true" />
          <span>{t('conference.soundBlocked')}</span>
          <Button size="compact-md" onClick={play}>
            {t('conference.soundPlay')}
          </Button>
        </div>
      )}
    </>
  );
}

interface VoiceProps extends VoicesProps {
  readonly media: MediaStream;
  readonly onBlocked: () => void;
}

const Voice = memo(function Voice({ media, speakerId, setSpeaker, onBlocked }: VoiceProps) {
  const audio = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    const element = audio.current;
    if (!element) return;
    element.srcObject = media;
    element.play()?.catch((error: unknown) => {
      if (error instanceof Error && error.name === 'NotAllowedError') onBlocked();
    });
    return () => {
      element.srcObject = null;
    };
  }, [media, onBlocked]);
  useEffect(() => {
    const element = audio.current;
    // A loudspeaker that is gone: the system's own goes on.
    if (element) void setSpeaker(element, speakerId);
  }, [speakerId, setSpeaker]);
  // biome-ignore lint/a11y/useMediaCaption: there is no text of what people say.
  return <audio ref={audio} autoPlay />;
});
