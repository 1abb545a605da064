import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Share, ShareNearby, ShareOffer } from '../types';
import classes from './share.module.css';

interface NearbyProps {
  readonly share: Share;
  readonly nearby: readonly ShareNearby[];
  readonly shares: readonly ShareOffer[];
}

/** Who of the meeting is on this network: to share with, and to receive from. */
export function Nearby({ share, nearby, shares }: NearbyProps) {
  const { t } = useTranslation();
  const isEmpty = nearby.length === 0 && shares.length === 0;
  return (
    <section className={classes.part} aria-labelledby="share-nearby">
      <h3 id="share-nearby">{t('share.nearby.title')}</h3>
      <p className={classes.small}>{t(isEmpty ? 'share.nearby.nobody' : 'share.nearby.help')}</p>
      {!isEmpty && (
        <ul>
          {shares.map(({ share: number, name, receivers }) => (
            <li key={`share ${number}`} className={classes.row} data-shares={name}>
              <span className={classes.who}>
                <bdi>{name}</bdi>
                <small>{t('share.nearby.receivers', { count: receivers })}</small>
              </span>
              <Button
                size="compact-md"
                aria-label={t('share.nearby.receiveFrom', { name })}
                onClick={() => share.ask(number)}
              >
                {t('share.nearby.receive')}
              </Button>
            </li>
          ))}
          {nearby.map(({ device, name, invited }) => (
            <li key={device} className={classes.row} data-nearby={name}>
              <span className={classes.who}>
                <bdi>{name}</bdi>
              </span>
              {invited ? (
                <small className={classes.small} role="status">
                  {t('share.nearby.invited')}
                </small>
              ) : (
                <Button
                  size="compact-md"
                  variant="default"
                  aria-label={t('share.nearby.shareWith', { name })}
                  onClick={() => share.invite(device)}
                >
                  {t('share.nearby.share')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
