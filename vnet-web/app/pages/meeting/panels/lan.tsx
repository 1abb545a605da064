import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LanPanel } from '../../../lan/lan-panel';
import { useCall } from '../call/call';
import { Panel } from './panel';
import classes from './panel.module.css';

type Loaded = { readonly Content: typeof LanPanel } | 'failed' | null;

/** Sharing with a device on the same network; its code is fetched when it is opened. */
export function Lan() {
  const { t } = useTranslation();
  const { conference, share } = useCall();
  const [loaded, setLoaded] = useState<Loaded>(null);
  useEffect(() => {
    let over = false;
    // What cannot be fetched must not end the meeting: it is fetched again when the panel is opened again.
    import('../../../lan/lan-panel').then(
      ({ LanPanel: Content }) => !over && setLoaded({ Content }),
      () => !over && setLoaded('failed'),
    );
    return () => {
      over = true;
    };
  }, []);
  return (
    <Panel name="lan" title={t('lan.title')}>
      <div className={classes.body}>
        {loaded === null && <p className={classes.empty}>{t('common.loading')}</p>}
        {loaded === 'failed' && (
          <p className={classes.empty} role="alert">
            {t('lan.panelFailed')}
          </p>
        )}
        {loaded !== null && loaded !== 'failed' && <loaded.Content conference={conference} share={share} />}
      </div>
    </Panel>
  );
}
