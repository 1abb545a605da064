import { Button } from '@mantine/core';
import { IconDoorExit, IconPlugConnectedX } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'react-router';
import { Card } from '../../components/card';
import { Frame } from '../../components/layout';
import { useTitle } from '../../components/use-title';
import type { LeaveReason } from '../../conference/conference';
import { useShell } from '../../shell-context';
import { amountOf, lengthOf } from '../../time/format';
import classes from './left.module.css';

export interface LeftProps {
  readonly reason: LeaveReason;
  /** More about it, for people. */
  readonly detail: string | null;
  /** How long one was in it; `null`: one never was. */
  readonly durationMs: number | null;
  /** What crossed the network; `null`: not known. */
  readonly bytesReceived: number | null;
  readonly bytesSent: number | null;
  /** What came over the local network in the place of the internet. */
  readonly savedBytes: number;
  readonly onRejoin: () => void;
}

/** Reasons that coming back at once would not change. */
const FINAL: ReadonlySet<LeaveReason> = new Set(['removed', 'ended', 'not-found', 'session-ended']);
/** Reasons nobody wished for. */
const BAD: ReadonlySet<LeaveReason> = new Set([
  'failed',
  'blocked',
  'removed',
  'denied',
  'not-found',
  'full',
]);

/** After the meeting: why it is over for one, and what it took. */
export function Left({ reason, detail, durationMs, onRejoin, ...bytes }: LeftProps) {
  const { t, i18n } = useTranslation();
  useTitle(t('left.title'));
  const head = useRef<HTMLHeadingElement>(null);
  // The page has changed as a whole: whoever listens is told.
  useEffect(() => head.current?.focus(), []);

  const amount = (bytes: number | null) => bytes !== null && amountOf(bytes, i18n.language);
  const figures = [
    [t('left.duration'), durationMs !== null && lengthOf(durationMs, i18n.language)],
    [t('left.received'), amount(bytes.bytesReceived)],
    [t('left.sent'), amount(bytes.bytesSent)],
    [t('left.saved'), bytes.savedBytes > 0 && amount(bytes.savedBytes)],
  ].filter(([, value]) => value !== false);
  return (
    <Frame>
      <div className={classes.page}>
        <Card>
          <span className={classes.icon} data-bad={BAD.has(reason) || undefined}>
            {reason === 'failed' || reason === 'blocked' ? (
              <IconPlugConnectedX size={32} aria-hidden="true" />
            ) : (
              <IconDoorExit size={32} aria-hidden="true" />
            )}
          </span>
          <h1 ref={head} tabIndex={-1}>
            {t(`left.${reason}`)}
          </h1>
          <p className={classes.muted}>{t(`left.${reason}Help`)}</p>
          {detail && <p className={classes.muted}>{detail}</p>}
          <Ways reason={reason} onRejoin={onRejoin} />
        </Card>
        {figures.length > 0 && (
          <Card aria-label={t('left.summary')}>
            <dl className={classes.figures}>
              {figures.map(([name, value]) => (
                <div key={String(name)}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
          </Card>
        )}
      </div>
    </Frame>
  );
}

function Ways({ reason, onRejoin }: Pick<LeftProps, 'reason' | 'onRejoin'>) {
  const { t } = useTranslation();
  const { signInPage, base } = useShell();
  const { pathname } = useLocation();
  const back = encodeURIComponent(`${base.replace(/\/$/, '')}${pathname}`);
  return (
    <div className={classes.buttons}>
      {reason === 'session-ended' && (
        <Button component="a" href={`${signInPage}?next=${back}`}>
          {t('left.signIn')}
        </Button>
      )}
      {!FINAL.has(reason) && (
        <Button onClick={onRejoin}>{t(reason === 'denied' ? 'left.knock' : 'left.rejoin')}</Button>
      )}
      <Button component={Link} to="/" variant="default">
        {t('left.home')}
      </Button>
    </div>
  );
}
