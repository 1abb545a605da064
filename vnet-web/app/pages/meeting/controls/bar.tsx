import { Toolbar } from '@mantine/core';
import {
  IconHandStop,
  IconMessage,
  IconMicrophone,
  IconMicrophoneOff,
  IconScreenShare,
  IconScreenShareOff,
  IconUsers,
  IconVideo,
  IconVideoOff,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useCall, useMeeting, useView } from '../call/call';
import { shallow, useSelected } from '../call/store';
import { useAct } from '../call/use-host-actions';
import type { Panel } from '../call/view';
import { useCompact } from '../stage/use-media';
import classes from './bar.module.css';
import { BarButton } from './bar-button';
import { Clock } from './clock';
import { CameraMenu, SoundMenu } from './device-menus';
import { LeaveButton } from './leave-button';
import { MoreMenu } from './more-menu';
import { ReactionMenu } from './reaction-menu';

const ICON = { size: '1.35rem', 'aria-hidden': true } as const;

interface BarProps {
  readonly title: string;
  readonly speakerId: string | null;
  readonly onSpeaker: (id: string | null) => void;
}

/** Everything one does in the meeting: one stop for Tab, arrows within. */
export function Bar({ title, speakerId, onSpeaker }: BarProps) {
  const { t } = useTranslation();
  const compact = useCompact();
  const { capabilities } = useCall().conference;
  return (
    <footer className={classes.footer}>
      {!compact && (
        <div className={classes.title}>
          <bdi title={title}>{title}</bdi>
          <Clock />
        </div>
      )}
      <Toolbar unstyled withBorder={false} className={classes.bar} aria-label={t('conference.controls')}>
        <span className={classes.pair}>
          <MicrophoneButton />
          {!compact && <SoundMenu speakerId={speakerId} onSpeaker={onSpeaker} />}
        </span>
        <span className={classes.pair}>
          <CameraButton />
          {!compact && <CameraMenu />}
        </span>
        {!compact && <ScreenButton />}
        {capabilities.hands && <HandButton />}
        {!compact && capabilities.reactions && <ReactionMenu />}
        {!compact && <PanelButton panel="people" />}
        {capabilities.chat && <PanelButton panel="chat" />}
        <MoreMenu compact={compact} speakerId={speakerId} onSpeaker={onSpeaker} />
        <LeaveButton />
      </Toolbar>
    </footer>
  );
}

function MicrophoneButton() {
  const { t } = useTranslation();
  const { local } = useCall();
  const on = useMeeting(({ local }) => local.microphone.track !== null && !local.microphone.muted);
  const busy = useSelected(local.busy, (sources) => sources.has('microphone'));
  return (
    <BarButton
      label={t('conference.microphone')}
      hint={on ? t('conference.mute') : t('conference.unmute')}
      shortcut="m"
      pressed={on}
      tone={on ? 'plain' : 'off'}
      aria-busy={busy}
      icon={on ? <IconMicrophone {...ICON} /> : <IconMicrophoneOff {...ICON} />}
      onClick={() => void local.toggleMicrophone()}
    />
  );
}

function CameraButton() {
  const { t } = useTranslation();
  const { local } = useCall();
  const on = useMeeting(({ local }) => local.camera.track !== null && !local.camera.muted);
  const busy = useSelected(local.busy, (sources) => sources.has('camera'));
  return (
    <BarButton
      label={t('conference.camera')}
      hint={on ? t('conference.cameraStop') : t('conference.cameraStart')}
      shortcut="v"
      pressed={on}
      tone={on ? 'plain' : 'off'}
      aria-busy={busy}
      icon={on ? <IconVideo {...ICON} /> : <IconVideoOff {...ICON} />}
      onClick={() => void local.toggleCamera()}
    />
  );
}

/** Whether this browser can share a screen at all; phones cannot. */
export const canShare = (): boolean => typeof navigator.mediaDevices?.getDisplayMedia === 'function';

function ScreenButton() {
  const { t } = useTranslation();
  const { local } = useCall();
  const on = useMeeting((snapshot) => snapshot.local.screen.track !== null);
  if (!canShare()) return null;
  return (
    <BarButton
      label={t('conference.screen')}
      hint={on ? t('conference.stopSharing') : t('conference.startSharing')}
      shortcut="s"
      pressed={on}
      tone={on ? 'active' : 'plain'}
      icon={on ? <IconScreenShareOff {...ICON} /> : <IconScreenShare {...ICON} />}
      onClick={() => void local.toggleScreen()}
    />
  );
}

function HandButton() {
  const { t } = useTranslation();
  const { conference } = useCall();
  const act = useAct();
  const up = useMeeting((snapshot) => snapshot.self?.hand ?? false);
  return (
    <BarButton
      label={t('conference.hand')}
      hint={up ? t('conference.handLower') : t('conference.handRaise')}
      shortcut="h"
      pressed={up}
      tone={up ? 'active' : 'plain'}
      icon={<IconHandStop {...ICON} />}
      onClick={() => act(() => conference.raiseHand(!up))}
    />
  );
}

function PanelButton({ panel }: { panel: Panel & ('people' | 'chat') }) {
  const { t } = useTranslation();
  const { view } = useCall();
  const { open, unread } = useView((now) => ({ open: now.panel === panel, unread: now.unread }), shallow);
  const { count, waiting } = useMeeting(
    (snapshot) => ({ count: snapshot.participants.length, waiting: snapshot.waiting.length }),
    shallow,
  );
  const isChat = panel === 'chat';
  const news = isChat ? unread : waiting;
  const name = isChat ? t('conference.chat') : t('conference.peopleCount', { count });
  const extra = isChat
    ? t('conference.unread', { count: unread })
    : t('conference.waitingCount', { count: waiting });
  return (
    <BarButton
      id={`button-${panel}`}
      label={news > 0 ? `${name}, ${extra}` : name}
      shortcut={isChat ? 'c' : 'p'}
      aria-expanded={open}
      aria-controls={open ? `panel-${panel}` : undefined}
      tone={open ? 'active' : 'plain'}
      badge={news}
      icon={isChat ? <IconMessage {...ICON} /> : <IconUsers {...ICON} />}
      onClick={() => view.update({ panel: open ? null : panel })}
    />
  );
}
