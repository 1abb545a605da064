import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Statistics as Figures, StreamStatistics } from '../../../conference/conference';
import { useShare } from '../../../lan/share/use-share';
import { useCall } from '../call/call';
import { nameOf } from '../call/people';
import { Panel } from './panel';
import classes from './panel.module.css';

const EVERY = 1000;

/** Numbers and units in the language of the page. */
export function useUnits() {
  const { i18n } = useTranslation();
  const number = (value: number, digits: number) =>
    value.toLocaleString(i18n.language, { maximumFractionDigits: digits });
  return {
    number,
    rate: (bits: number) =>
      bits >= 950_000 ? `${number(bits / 1e6, 1)} Mbit/s` : `${number(bits / 1e3, 0)} kbit/s`,
    bytes: (count: number) =>
      count >= 950_000 ? `${number(count / 1e6, 1)} MB` : `${number(count / 1e3, 0)} kB`,
    percent: (part: number) =>
      part.toLocaleString(i18n.language, { style: 'percent', maximumFractionDigits: 1 }),
  };
}

/** What one's own connection does, once a second. */
export function Statistics() {
  const { t } = useTranslation();
  const { conference, share } = useCall();
  const saved = useShare(share, (state) => state.savedBytes);
  const units = useUnits();
  const [figures, setFigures] = useState<Figures | null>(null);
  useEffect(() => {
    let over = false;
    const look = () => {
      conference.statistics().then(
        (now) => {
          if (!over) setFigures(now);
        },
        // While it reconnects there are none; the last ones stay.
        () => {},
      );
    };
    look();
    const timer = setInterval(look, EVERY);
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, [conference]);
  const total = (direction: 'in' | 'out') =>
    figures?.streams
      .filter((one) => one.direction === direction)
      .reduce((sum, one) => sum + one.bitrate, 0) ?? 0;
  return (
    <Panel name="statistics" title={t('conference.statistics')}>
      <div className={classes.body}>
        {figures ? (
          <>
            <dl className={classes.totals}>
              <Figure label={t('conference.stats.receiving')} value={units.rate(total('in'))} />
              <Figure label={t('conference.stats.sending')} value={units.rate(total('out'))} />
              <Figure label={t('conference.stats.received')} value={units.bytes(figures.bytesReceived)} />
              <Figure label={t('conference.stats.sent')} value={units.bytes(figures.bytesSent)} />
              {saved > 0 && <Figure label={t('share.saved.figure')} value={units.bytes(saved)} />}
              <Figure
                label={t('conference.stats.roundTrip')}
                value={figures.roundTripMs === null ? '–' : `${units.number(figures.roundTripMs, 0)} ms`}
              />
              <Figure
                label={t('conference.stats.available')}
                value={figures.availableOutgoing === null ? '–' : units.rate(figures.availableOutgoing)}
              />
              <Figure
                label={t('conference.stats.transport')}
                value={figures.transport?.toUpperCase() ?? '–'}
              />
            </dl>
            <ul className={classes.list}>
              {figures.streams.map((stream) => (
                <StreamRow key={`${stream.direction} ${stream.stream} ${stream.source}`} stream={stream} />
              ))}
            </ul>
          </>
        ) : (
          <p className={classes.empty}>{t('common.loading')}</p>
        )}
      </div>
    </Panel>
  );
}

function Figure({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function StreamRow({ stream }: { stream: StreamStatistics }) {
  const { t } = useTranslation();
  const { conference } = useCall();
  const units = useUnits();
  const name = nameOf(conference.snapshot(), stream.participant) ?? t('conference.chatYou');
  const { bitrate, loss, jitterMs, width, height, framesPerSecond, freezes, codec } = stream;
  const parts = [
    codec,
    width && height ? `${width}×${height}` : null,
    framesPerSecond === null ? null : t('conference.stats.fps', { fps: units.number(framesPerSecond, 0) }),
    units.rate(bitrate),
    loss === null ? null : t('conference.stats.loss', { loss: units.percent(loss) }),
    jitterMs === null ? null : t('conference.stats.jitter', { jitter: units.number(jitterMs, 0) }),
    freezes ? t('conference.stats.freezes', { seconds: units.number(freezes, 1) }) : null,
  ].filter((part) => part !== null);
  return (
    <li className={classes.stream}>
      <strong>
        {stream.direction === 'in' ? '↓' : '↑'} <bdi>{name}</bdi> · {t(`conference.sources.${stream.source}`)}
      </strong>
      <p>{parts.join(' · ')}</p>
    </li>
  );
}
