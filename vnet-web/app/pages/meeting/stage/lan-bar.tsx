import { Button } from '@mantine/core';
import { IconNetwork } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { receiversOf } from '../../../lan/share/ui/tree';
import { useShare } from '../../../lan/share/use-share';
import { useLan, useLanState, useReceivedStreams } from '../../../lan/use-lan';
import { useCall, useView } from '../call/call';
import { shallow } from '../call/store';
import classes from './banner.module.css';
import { picturesOf } from './received';

/** While the meeting is shared on this network, or comes over it: with whom, and the way to end it. */
export function LanBar() {
  return (
    <>
      <div role="status">
        <ShareLine />
      </div>
      <div role="status">
        <PairLine />
      </div>
    </>
  );
}

function ShareLine() {
  const { t } = useTranslation();
  const { share, view } = useCall();
  const { role, count, overloaded } = useShare(
    share,
    ({ role, members, cost }) => ({
      role,
      count: receiversOf(members).length,
      overloaded: cost?.overloaded ?? false,
    }),
    shallow,
  );
  const isOpen = useView(({ panel }) => panel === 'lan');
  if (role.kind === 'idle') return null;
  const words = () => {
    if (role.kind === 'asking') return t('share.bar.asking');
    if (role.kind === 'sharing')
      return count === 0 ? t('share.bar.waiting') : t('share.bar.sharing', { count });
    return t(role.connected ? 'share.bar.receiving' : 'share.bar.connecting', { name: role.from });
  };
  return (
    <div className={classes.bar} data-tone={overloaded ? 'warn' : 'info'} data-share={role.kind}>
      <IconNetwork size="1.2rem" aria-hidden="true" />
      <span>
        {words()}
        {overloaded && <small className={classes.help}>{t('share.cost.overloaded')}</small>}
      </span>
      {!isOpen && (
        <Button size="compact-md" variant="default" onClick={() => view.update({ panel: 'lan' })}>
          {t('conference.look')}
        </Button>
      )}
      <Button size="compact-md" color="red" onClick={() => share.stop()}>
        {t(`share.${role.kind}.stop`)}
      </Button>
    </div>
  );
}

function PairLine() {
  const { t } = useTranslation();
  const lan = useLan(useCall().conference);
  const state = useLanState(lan);
  if (state.kind !== 'sharing' || state.link.over) return null;
  return (
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
  );
}

/** Hands the pictures that come over this network to the tiles. */
export function useReceived(): void {
  const call = useCall();
  const paired = useReceivedStreams(call.conference);
  const shared = useShare(call.share, (state) => state.received);
  useEffect(() => call.received.set([...picturesOf(shared), ...paired]), [call, shared, paired]);
}
