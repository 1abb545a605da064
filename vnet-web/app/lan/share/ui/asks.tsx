import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Share, ShareAsked } from '../types';
import classes from './share.module.css';

interface AsksProps {
  readonly share: Share;
  readonly asked: readonly ShareAsked[];
}

/** Who asks to receive: the sharer allows it or not. */
export function Asks({ share, asked }: AsksProps) {
  const { t } = useTranslation();
  if (asked.length === 0) return null;
  return (
    <section className={`${classes.part} ${classes.asks}`} aria-labelledby="share-asks">
      <h3 id="share-asks">{t('share.asks.title')}</h3>
      <ul>
        {asked.map(({ device, name, by, viewer }) => (
          <li key={device} className={classes.row} data-asks={name}>
            <span className={classes.who}>
              <bdi>{name}</bdi>
              <small>
                {viewer
                  ? t('share.asks.viewer')
                  : t(by === 'code' ? 'share.asks.byCode' : 'share.asks.nearby')}
              </small>
            </span>
            <Button
              size="compact-md"
              aria-label={t('share.asks.allowName', { name })}
              onClick={() => share.admit(device)}
            >
              {t('share.asks.allow')}
            </Button>
            <Button
              size="compact-md"
              variant="default"
              aria-label={t('share.asks.refuseName', { name })}
              onClick={() => share.refuse(device)}
            >
              {t('share.asks.refuse')}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
