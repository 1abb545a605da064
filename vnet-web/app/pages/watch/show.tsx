import { Button, useDirection } from '@mantine/core';
import {
  IconChevronLeft,
  IconChevronRight,
  IconMaximize,
  IconMinimize,
  IconPlayerPause,
  IconScreenShare,
  IconVolume,
  IconVolumeOff,
  IconX,
} from '@tabler/icons-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Share, ShareRole } from '../../lan/share/types';
import { useShare } from '../../lan/share/use-share';
import { canFullScreen, toggleFullScreen, useFullScreen } from '../meeting/controls/full-screen';
import { arrange, type Spot } from '../meeting/stage/arrange';
import { Avatar } from '../meeting/stage/avatar';
import { Picture } from '../meeting/stage/picture';
import tile from '../meeting/stage/tile.module.css';
import { plan } from '../meeting/stage/tile-list';
import { useBox } from '../meeting/stage/use-box';
import { useCompact } from '../meeting/stage/use-media';
import { useWakeLock } from '../meeting/stage/use-wake-lock';
import { Heard } from './heard';
import { type Seat, seatsOf, specOf, voicesOf } from './seats';
import classes from './watch.module.css';

const ICON = { size: '1.2rem', 'aria-hidden': true } as const;

interface ShowProps {
  readonly share: Share;
  readonly role: ShareRole & { kind: 'receiving' };
}

/** The pictures of the meeting, as large as there is room, and its sound once somebody wants it. */
export function Show({ share, role }: ShowProps) {
  const { t } = useTranslation();
  const received = useShare(share, (state) => state.received);
  const [sound, setSound] = useState(false);
  const head = useRef<HTMLHeadingElement>(null);
  useWakeLock();
  useEffect(() => head.current?.focus(), []);
  const seats = seatsOf(received);
  return (
    <main className={classes.show}>
      <h1 ref={head} tabIndex={-1} className={classes.hidden}>
        {t('share.watch.from', { name: role.from })}
      </h1>
      <Seats seats={seats} connected={role.connected} />
      {sound && <Heard voices={voicesOf(received)} onBlocked={() => setSound(false)} />}
      <Controls share={share} role={role} sound={sound} onSound={setSound} />
    </main>
  );
}

function Seats({ seats, connected }: { readonly seats: readonly Seat[]; readonly connected: boolean }) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const size = useBox(box);
  const compact = useCompact();
  const rtl = useDirection().dir === 'rtl';
  const [page, setPage] = useState(0);
  const arranged = useMemo(() => {
    const tiles = seats.map(specOf);
    const order = tiles.map(({ key }) => key);
    const planned = plan({ tiles, order, mode: 'auto', pinned: null, speaker: null, selfView: 'grid' });
    return arrange(planned, size, { compact, rtl, page });
  }, [seats, size, compact, rtl, page]);
  return (
    <section className={classes.stage} aria-label={t('share.watch.pictures')}>
      <div className={classes.box} ref={box}>
        <ul>
          {size.width > 0 &&
            seats.map((seat) => {
              const spot = arranged.spots.get(seat.key);
              return spot && <Place key={seat.key} seat={seat} spot={spot} />;
            })}
        </ul>
        {seats.length === 0 && (
          <p className={classes.empty} role="status">
            {t(connected ? 'share.watch.none' : 'share.watch.connecting')}
          </p>
        )}
      </div>
      {arranged.pages > 1 && <Pages page={arranged.page} pages={arranged.pages} onPage={setPage} />}
    </section>
  );
}

function Place({ seat: { kind, name, media, stalled }, spot }: { readonly seat: Seat; readonly spot: Spot }) {
  const { t } = useTranslation();
  const { x, y, width, height } = spot.rect;
  const label = kind === 'screen' ? t('conference.screenOf', { name }) : name;
  return (
    <li
      className={tile.tile}
      data-place={spot.place}
      data-kind={kind}
      aria-label={label}
      style={{
        width: Math.floor(width),
        height: Math.floor(height),
        transform: `translate(${Math.round(x)}px, ${Math.round(y)}px)`,
      }}
    >
      {kind === 'person' ? (
        <Avatar name={name} />
      ) : (
        <IconScreenShare className={tile.screenIcon} aria-hidden="true" />
      )}
      {media && <Picture media={media} fit={kind === 'screen' ? 'contain' : 'cover'} shown still={stalled} />}
      {stalled && (
        <div className={tile.marks}>
          <span className={tile.mark} role="img" aria-label={t('share.watch.stalled')}>
            <IconPlayerPause size="1.05em" aria-hidden="true" />
          </span>
        </div>
      )}
      <div className={tile.label}>
        <bdi className={tile.name}>{label}</bdi>
      </div>
    </li>
  );
}

interface PagesProps {
  readonly page: number;
  readonly pages: number;
  readonly onPage: (page: number) => void;
}

function Pages({ page, pages, onPage }: PagesProps) {
  const { t } = useTranslation();
  return (
    <nav className={classes.pages} aria-label={t('conference.pages')}>
      <button
        type="button"
        aria-label={t('conference.previousPage')}
        disabled={page === 0}
        onClick={() => onPage(page - 1)}
      >
        <IconChevronLeft {...ICON} />
      </button>
      <span aria-live="polite">{t('conference.pageOf', { page: page + 1, pages })}</span>
      <button
        type="button"
        aria-label={t('conference.nextPage')}
        disabled={page >= pages - 1}
        onClick={() => onPage(page + 1)}
      >
        <IconChevronRight {...ICON} />
      </button>
    </nav>
  );
}

interface ControlsProps extends ShowProps {
  readonly sound: boolean;
  readonly onSound: (on: boolean) => void;
}

function Controls({ share, role: { from }, sound, onSound }: ControlsProps) {
  const { t } = useTranslation();
  const full = useFullScreen();
  return (
    <footer className={classes.controls}>
      <bdi className={classes.from}>{t('share.watch.from', { name: from })}</bdi>
      <Button
        variant={sound ? 'default' : 'filled'}
        leftSection={sound ? <IconVolumeOff {...ICON} /> : <IconVolume {...ICON} />}
        onClick={() => onSound(!sound)}
      >
        {t(sound ? 'share.watch.soundOff' : 'share.watch.soundOn')}
      </Button>
      {canFullScreen() && (
        <Button
          variant="default"
          leftSection={full ? <IconMinimize {...ICON} /> : <IconMaximize {...ICON} />}
          onClick={() => void toggleFullScreen()}
        >
          {t(full ? 'conference.fullScreenEnd' : 'conference.fullScreen')}
        </Button>
      )}
      <Button variant="default" leftSection={<IconX {...ICON} />} onClick={() => share.stop()}>
        {t('share.watch.stop')}
      </Button>
    </footer>
  );
}
