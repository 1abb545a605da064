import { Button, Loader } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCheck,
  IconCloudOff,
  IconLeaf,
  IconLink,
  IconMicrophoneOff,
  IconScreenShare,
  IconVideoOff,
} from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCall, useMeeting } from '../call/call';
import classes from './banner.module.css';
import type { Why } from './explain';
import { useWhy } from './use-why';

/** What is shown above the tiles; being alone has a place of its own. */
const TOLD: Record<Why['kind'], { readonly tone: 'info' | 'warn' | 'bad'; readonly icon: ReactNode } | null> =
  {
    waiting: null,
    alone: null,
    'cameras-off': null,
    offline: { tone: 'bad', icon: <IconCloudOff size="1.2rem" aria-hidden="true" /> },
    'reconnecting-server': { tone: 'warn', icon: <Loader size="xs" aria-hidden="true" /> },
    'reconnecting-media': { tone: 'warn', icon: <Loader size="xs" aria-hidden="true" /> },
    blocked: { tone: 'bad', icon: <IconAlertTriangle size="1.2rem" aria-hidden="true" /> },
    'others-lost': { tone: 'warn', icon: <IconCloudOff size="1.2rem" aria-hidden="true" /> },
    silenced: { tone: 'info', icon: <IconMicrophoneOff size="1.2rem" aria-hidden="true" /> },
    'data-saver': { tone: 'info', icon: <IconLeaf size="1.2rem" aria-hidden="true" /> },
    unplayable: { tone: 'warn', icon: <IconVideoOff size="1.2rem" aria-hidden="true" /> },
    paused: { tone: 'info', icon: <IconVideoOff size="1.2rem" aria-hidden="true" /> },
  };

function useSentence(): (why: Why) => string {
  const { t } = useTranslation();
  return (why) => {
    if (why.kind === 'unplayable' || why.kind === 'paused')
      return t(`conference.why.${why.kind}`, { count: why.count });
    if (why.kind !== 'silenced') return t(`conference.why.${why.kind}`);
    const source = why.source === 'microphone' || why.source === 'camera' ? why.source : 'screen';
    return why.by
      ? t(`conference.why.silencedBy.${source}`, { name: why.by })
      : t(`conference.why.silenced.${source}`);
  };
}

/** Says why one sees or hears nobody, and what can be done. */
export function Banner() {
  const { t } = useTranslation();
  const call = useCall();
  const whys = useWhy();
  const sentence = useSentence();
  const why = whys.find((one) => TOLD[one.kind] !== null);
  const told = why && TOLD[why.kind];
  return (
    <div role="status" aria-live="polite">
      {why && told && (
        <div className={classes.bar} data-tone={told.tone} data-why={why.kind}>
          {told.icon}
          <span>
            {sentence(why)}
            {why.kind === 'blocked' && (
              <small className={classes.help}>{t('conference.why.blockedHelp')}</small>
            )}
          </span>
          {why.kind === 'data-saver' && (
            <Button
              size="compact-md"
              variant="default"
              onClick={() => call.view.update({ dataSaver: false })}
            >
              {t('conference.showPictures')}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

/** While one's own screen is shared: what others see, and the way to end it. */
export function SharingBar() {
  const { t } = useTranslation();
  const call = useCall();
  const sharing = useMeeting((snapshot) => snapshot.local.screen.track !== null);
  if (!sharing) return null;
  return (
    <div className={classes.bar} data-tone="info">
      <IconScreenShare size="1.2rem" aria-hidden="true" />
      <span>{t('conference.sharing')}</span>
      <Button size="compact-md" color="red" onClick={() => void call.local.stopScreen()}>
        {t('conference.stopSharing')}
      </Button>
    </div>
  );
}

/** Nobody else is here: who could come, and how. */
export function Alone({ code, invite }: { code: string; invite: string }) {
  const { t } = useTranslation();
  const alone = useMeeting(({ participants, state }) => state.kind === 'joined' && participants.length === 1);
  const [copied, setCopied] = useState(false);
  if (!alone) return null;
  const copy = () => {
    navigator.clipboard?.writeText(invite).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <aside className={classes.alone} aria-label={t('conference.why.alone')}>
      <strong>{t('conference.why.alone')}</strong>
      <p>{t('conference.aloneHelp')}</p>
      <p className={classes.code}>
        {t('conference.code')} <b>{code}</b>
      </p>
      <Button
        size="sm"
        leftSection={
          copied ? (
            <IconCheck size="1.1rem" aria-hidden="true" />
          ) : (
            <IconLink size="1.1rem" aria-hidden="true" />
          )
        }
        onClick={copy}
      >
        <span aria-live="polite">{copied ? t('conference.copied') : t('conference.copyInvite')}</span>
      </Button>
    </aside>
  );
}
