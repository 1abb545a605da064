import { Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Conference } from '../conference/conference';
import { useShell } from '../shell-context';
import { ReceivePanel } from './receive-panel';
import type { Share } from './share/types';
import { ShareRoom } from './share/ui/room';
import classes from './share/ui/share.module.css';
import { SharePanel } from './share-panel';
import { lanOf, useLanState } from './use-lan';

interface LanPanelProps {
  readonly conference: Conference;
  readonly share: Share;
  /** STUN and TURN servers, if the devices need help to reach each other. */
  readonly iceServers?: RTCIceServer[];
}

/** Sharing on the same network: the meeting with many devices, and, apart, any two devices by the pair protocol. */
export function LanPanel({ conference, share, iceServers }: LanPanelProps) {
  return (
    <Stack gap="lg">
      <ShareRoom share={share} />
      <Pair conference={conference} {...(iceServers && { iceServers })} />
    </Stack>
  );
}

/** For a device in another meeting, or with the original: one to one. What is going on is never hidden. */
function Pair({ conference, iceServers }: Omit<LanPanelProps, 'share'>) {
  const { t } = useTranslation();
  const { signallingServer: server } = useShell();
  const lan = lanOf(conference, { server, ...(iceServers && { iceServers }) });
  const state = useLanState(lan);
  const [opened, setOpened] = useState(false);
  const isOpen = opened || state.kind !== 'idle';
  return (
    <details
      className={classes.others}
      open={isOpen}
      onToggle={({ currentTarget }) => setOpened(currentTarget.open)}
    >
      <summary>{t('share.pair')}</summary>
      {isOpen && (
        <div>
          <Stack gap="lg">
            <Text size="sm">{t('lan.about')}</Text>
            {state.kind !== 'receiving' && <SharePanel lan={lan} state={state} />}
            {state.kind !== 'sharing' && <ReceivePanel lan={lan} state={state} />}
          </Stack>
        </div>
      )}
    </details>
  );
}
