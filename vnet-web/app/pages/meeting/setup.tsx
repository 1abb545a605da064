import '@mantine/core/styles/Checkbox.css';
import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Meeting, UserDetails } from '../../api/client';
import { Card } from '../../components/card';
import { Frame } from '../../components/layout';
import { shownName } from '../../components/names';
import { Notice } from '../../components/notice';
import { useTitle } from '../../components/use-title';
import { keepChoices, readChoices, useDevices } from '../../devices';
import { useShell } from '../../shell-context';
import { fullRange } from '../../time/format';
import classes from './setup.module.css';
import { SetupDevices } from './setup-devices';
import { useSetupMedia } from './setup-media';
import { SetupPreview } from './setup-preview';
import { SetupProblem } from './setup-problem';

/** What somebody brings into a meeting. Its tracks belong to whom it is given. */
export interface SetupChoice {
  readonly microphone: MediaStreamTrack | null;
  readonly camera: MediaStreamTrack | null;
  readonly microphoneMuted: boolean;
  readonly cameraMuted: boolean;
  /** `null`: where the system plays. */
  readonly speakerId: string | null;
}

export interface SetupProps {
  readonly meeting: Meeting;
  readonly user: UserDetails;
  readonly onJoin: (choice: SetupChoice) => void;
  readonly joining: boolean;
  /** Why joining failed, for people. */
  readonly error: string | null;
}

/** Before the meeting: what others will see and hear of one. */
export function Setup({ meeting, user, onJoin, joining, error }: SetupProps) {
  const { t } = useTranslation();
  useTitle(t('setup.title'));
  const devices = useDevices();
  const media = useSetupMedia(devices.refresh);
  const [speakerId, setSpeakerId] = useState(() => readChoices().speaker);
  const name = shownName(user);

  const { takeBack } = media;
  useEffect(() => {
    if (error !== null && !joining) takeBack();
  }, [error, joining, takeBack]);

  const chooseSpeaker = (id: string | null) => {
    keepChoices({ speaker: id });
    setSpeakerId(id);
  };
  const join = () => {
    media.handOver();
    onJoin({
      microphone: media.microphone.track,
      camera: media.camera.muted ? null : media.camera.track,
      microphoneMuted: media.microphone.muted,
      cameraMuted: media.camera.muted,
      speakerId,
    });
  };
  // The tracks stay here, and are stopped with the page.
  const joinWithout = () =>
    onJoin({ microphone: null, camera: null, microphoneMuted: true, cameraMuted: true, speakerId });

  const isAnything = media.microphone.track !== null || media.camera.track !== null;
  return (
    <Frame>
      <div className={classes.page}>
        <div className={classes.picture}>
          <SetupPreview name={name} media={media} />
          <SetupProblem media={media} />
        </div>
        <Card className={classes.about} aria-labelledby="setup-head">
          <About meeting={meeting} user={user} name={name} />
          {error !== null && (
            <Notice kind="bad" role="alert" title={t('setup.joinFailed')}>
              <p>{error}</p>
            </Notice>
          )}
          <div className={classes.join}>
            <Button size="lg" fullWidth disabled={joining || !isAnything} onClick={join}>
              {t(joining ? 'setup.joining' : 'setup.join')}
            </Button>
            <Button
              variant={isAnything ? 'subtle' : 'filled'}
              fullWidth
              disabled={joining}
              onClick={joinWithout}
            >
              {t('setup.joinWithout')}
            </Button>
            <p className={classes.muted}>{t('setup.joinWithoutHelp')}</p>
          </div>
        </Card>
        <Card className={classes.below} aria-label={t('setup.devices')}>
          <SetupDevices media={media} devices={devices} speakerId={speakerId} onSpeaker={chooseSpeaker} />
        </Card>
      </div>
    </Frame>
  );
}

interface AboutProps {
  readonly meeting: Meeting;
  readonly user: UserDetails;
  readonly name: string;
}

function About({ meeting, user, name }: AboutProps) {
  const { t, i18n } = useTranslation();
  const { profilePage } = useShell();
  const isHost = meeting.host.username === user.username;
  const end = meeting.end_time ? Date.parse(meeting.end_time) : null;
  return (
    <div className={classes.head}>
      <p className={classes.eyebrow}>{t('setup.ready')}</p>
      <h1 id="setup-head">{meeting.title}</h1>
      <p className={classes.muted}>{fullRange(Date.parse(meeting.start_time), end, i18n.language)}</p>
      <p className={classes.muted}>
        {isHost ? t('setup.hostedByYou') : t('setup.hostedBy', { name: shownName(meeting.host) })}
      </p>
      <details className={classes.notes}>
        <summary>{t('setup.notes')}</summary>
        <p>{meeting.notes}</p>
      </details>
      <p>
        {t('setup.shownAs', { name })} <a href={profilePage}>{t('setup.changeName')}</a>
      </p>
    </div>
  );
}
