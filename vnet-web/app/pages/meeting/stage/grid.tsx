import { useDirection } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useCall, useMeeting, useView } from '../call/call';
import { shallow, useSelected } from '../call/store';
import { type Arranged, arrange } from './arrange';
import classes from './grid.module.css';
import { withReceived } from './received';
import { Tile } from './tile';
import { personKey, plan, sameTiles, type TileSpec } from './tile-list';
import { useBox } from './use-box';
import { useCompact } from './use-media';

/** All tiles, in one list whatever the layout is: a tile moves, it is never made anew. */
export function Grid() {
  const { t } = useTranslation();
  const call = useCall();
  const box = useRef<HTMLDivElement>(null);
  const size = useBox(box);
  const compact = useCompact();
  const rtl = useDirection().dir === 'rtl';
  const received = useSelected(call.received, (value) => value);
  const tiles = useMeeting((snapshot) => withReceived(snapshot, received), sameTiles);
  const dominant = useMeeting((snapshot) => snapshot.dominant);
  const most = useMeeting(() => call.conference.capabilities.pictures);
  const { order, recent } = useSelected(call.tileOrder, (value) => value);
  const { layout, selfView, pinned, page } = useView(
    ({ layout, selfView, pinned, page }) => ({ layout, selfView, pinned, page }),
    shallow,
  );

  const arranged = useMemo(() => {
    const self = tiles.find((tile) => tile.isSelf)?.key;
    const speaker = recent.find((key) => key !== self) ?? null;
    return arrange(plan({ tiles, order, mode: layout, pinned, speaker, selfView }), size, {
      compact,
      rtl,
      page,
      most,
    });
  }, [tiles, order, recent, layout, pinned, selfView, size, compact, rtl, page, most]);

  useEffect(() => {
    call.firstPage = arranged.capacity;
  }, [call, arranged.capacity]);
  useEffect(() => {
    // Beyond the last page is the last page; while nothing is measured there are no pages.
    if (size.width > 0 && page !== arranged.page) call.view.update({ page: arranged.page });
  }, [call, page, arranged.page, size.width]);

  const speaking = dominant === null ? null : personKey(dominant);
  return (
    <section className={classes.frame} aria-label={t('conference.stage')}>
      <div className={classes.box} ref={box}>
        <ul className={classes.tiles}>
          {size.width > 0 &&
            tiles.map((spec) => (
              <Placed
                key={spec.key}
                spec={spec}
                arranged={arranged}
                isPinned={spec.key === pinned}
                isSpeaking={spec.key === speaking}
              />
            ))}
        </ul>
      </div>
      {arranged.pages > 1 && <Pager page={arranged.page} pages={arranged.pages} />}
    </section>
  );
}

interface PlacedProps {
  readonly spec: TileSpec;
  readonly arranged: Arranged;
  readonly isPinned: boolean;
  readonly isSpeaking: boolean;
}

function Placed({ spec, arranged, isPinned, isSpeaking }: PlacedProps) {
  const spot = arranged.spots.get(spec.key);
  if (!spot) return null;
  const { rect, place } = spot;
  const important = place === 'large' ? 'pinned' : isSpeaking ? 'speaker' : 'tile';
  return (
    <Tile
      spec={spec}
      x={Math.round(rect.x)}
      y={Math.round(rect.y)}
      width={Math.floor(rect.width)}
      height={Math.floor(rect.height)}
      place={place}
      pinned={isPinned}
      priority={isPinned ? 'pinned' : important}
    />
  );
}

function Pager({ page, pages }: { page: number; pages: number }) {
  const { t } = useTranslation();
  const call = useCall();
  const turn = (by: number) => call.view.update({ page: page + by });
  return (
    <nav className={classes.pager} aria-label={t('conference.pages')}>
      <button
        type="button"
        onClick={() => turn(-1)}
        disabled={page === 0}
        aria-label={t('conference.previousPage')}
      >
        <IconChevronLeft size="1.2rem" aria-hidden="true" />
      </button>
      <span aria-live="polite">{t('conference.pageOf', { page: page + 1, pages })}</span>
      <button
        type="button"
        onClick={() => turn(1)}
        disabled={page >= pages - 1}
        aria-label={t('conference.nextPage')}
      >
        <IconChevronRight size="1.2rem" aria-hidden="true" />
      </button>
    </nav>
  );
}
