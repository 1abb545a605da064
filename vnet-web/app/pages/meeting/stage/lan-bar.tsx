import { Button } from '@mantine/core';
import { IconNetwork } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useLan, useLanState, useReceivedStreams } from '../../../lan/use-lan';
import { useCall } from '../call/call';
import classes from './banner.module.css';

/** While the meeting is shared on this network: who receives, and the way to end it. */
export function LanBar() {
  const { t } = useTranslation();
  const lan = useLan(useCall().conference);
  const state = useLanState(lan);
  const shares = state.kind === 'sharing' && !state.link.over;
  return (
    <div role="status">
      {shares && (
        <div className={classes.bar} data-tone="info" data-lan={state.link.phase}>
          <IconNetwork size="1.2rem" aria-hidden="true" />
          <span>
            {state.link.phase === 'connected'
              ? t('lan.bar.received', { name: state.link.peer || t('lan.somebody') })
              : t('lan.bar.waiting', { code: state.code })}
          </span>
          <Button size="compact-md" color="red" onClick={() => lan.stop()}>
            {t('lan.share.stop')}
          </Button>
        </div>
      )}
    </div>
  );
}

/** Hands the pictures that come over this network to the tiles. */
export function useReceived(): void {
  const call = useCall();
  const received = useReceivedStreams(call.conference);
  useEffect(() => call.received.set(received), [call, received]);
}
