import { Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Conference } from '../conference/conference';
import { useShell } from '../shell-context';
import { ReceivePanel } from './receive-panel';
import { SharePanel } from './share-panel';
import { lanOf, useLanState } from './use-lan';

interface LanPanelProps {
  readonly conference: Conference;
  /** STUN and TURN servers, if the devices need help to reach each other. */
  readonly iceServers?: RTCIceServer[];
}

/** Sharing with one device on the same network: by code, either side. It goes on when this is not shown. */
export function LanPanel({ conference, iceServers }: LanPanelProps) {
  const { t } = useTranslation();
  const { signallingServer: server } = useShell();
  const lan = lanOf(conference, { server, ...(iceServers && { iceServers }) });
  const state = useLanState(lan);
  return (
    <Stack gap="lg">
      <Text size="sm">{t('lan.about')}</Text>
      {state.kind !== 'receiving' && <SharePanel lan={lan} state={state} />}
      {state.kind !== 'sharing' && <ReceivePanel lan={lan} state={state} />}
    </Stack>
  );
}
