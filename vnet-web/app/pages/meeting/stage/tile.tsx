import { IconHandStop, IconMicrophoneOff, IconPinFilled, IconScreenShare } from '@tabler/icons-react';
import { memo, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConferenceSnapshot, Want } from '../../../conference/conference';
import { useCall, useMeeting, useView } from '../call/call';
import { isSilent, participantOf, streamBy, streamOf } from '../call/people';
import { shallow, useSelected } from '../call/store';
import { Avatar } from './avatar';
import { explainTile, type TileWhy } from './explain';
import { LanMark } from './lan-mark';
import { ownStream, Picture } from './picture';
import { QualityMark } from './quality';
import { isComing, type LanPicture } from './received';
import classes from './tile.module.css';
import type { TileSpec } from './tile-list';
import { TileMenu } from './tile-menu';

interface TileProps {
  readonly spec: TileSpec;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly place: 'large' | 'grid' | 'strip' | 'float';
  readonly priority: NonNullable<Want['priority']>;
  readonly pinned: boolean;
}

/** What is known of a picture that comes over the local network alone. */
const ALONE = { stream: null, why: null, local: true, hand: false, silent: false, quality: null } as const;

/** What a tile shows, in values that can be compared. */
function look(snapshot: ConferenceSnapshot, spec: TileSpec, dataSaver: boolean, received: LanPicture | null) {
  if (received && spec.participant === '') return { ...ALONE, name: received.name, media: received.media };
  const person = participantOf(snapshot, spec.participant);
  const stream = spec.stream
    ? streamOf(snapshot, spec.stream)
    : streamBy(snapshot, spec.participant, 'camera');
  const silent = spec.kind === 'person' && person !== null && isSilent(snapshot, person);
  const hand = spec.kind === 'person' && (person?.hand ?? false);
  const quality = spec.kind === 'person' ? (person?.quality ?? null) : null;
  const told = { name: person?.name ?? '', hand, silent, quality };
  // It comes another way: nothing of it is wanted from the meeting. As soon as it stalls, the meeting's is.
  if (received && isComing(received) && stream && !stream.muted)
    return { ...ALONE, ...told, media: received.media };
  const { track, muted } = snapshot.local.camera;
  const own = spec.isSelf && track && !muted ? ownStream(track) : null;
  let why: TileWhy | null = explainTile(person, stream, dataSaver);
  if (spec.isSelf) why = own ? null : 'camera-off';
  return {
    ...told,
    stream: spec.isSelf ? null : (stream?.id ?? null),
    media: spec.isSelf ? own : (stream?.media ?? null),
    why,
    local: false,
  };
}

type Seen = ReturnType<typeof look>;

/** It is about to come: also what the server holds back for a moment, until it knows that the link is wide enough. */
const isAwaited = (why: TileWhy | null) => why === 'starting' || why === 'paused';

/** The last frame of what came over the local network, until the meeting's own plays: nobody sees a gap. */
function useLastFrame({ local, media, why }: Seen): MediaStream | null {
  const [last, setLast] = useState<MediaStream | null>(null);
  const now = local ? media : isAwaited(why) ? last : null;
  if (now !== last) setLast(now);
  return local ? null : now;
}

/** One person, or one screen. */
export const Tile = memo(function Tile({ spec, x, y, width, height, place, priority, pinned }: TileProps) {
  const { t } = useTranslation();
  const call = useCall();
  const dataSaver = useView((view) => view.dataSaver);
  const received = useSelected(call.received, (all) => all.find((one) => one.key === spec.lan) ?? null);
  const seen = useMeeting((snapshot) => look(snapshot, spec, dataSaver, received), shallow);
  const tile = useRef<HTMLLIElement>(null);
  const ring = useRef<HTMLSpanElement>(null);
  const fit = spec.kind === 'screen' ? 'contain' : 'cover';

  useEffect(() => {
    if (!tile.current || !seen.stream) return;
    return call.wants.show(tile.current, { stream: seen.stream, priority, fit });
  }, [call, seen.stream, priority, fit]);

  useEffect(() => {
    if (!ring.current || spec.kind === 'screen' || !spec.participant) return;
    return call.speaking.watch(ring.current, spec.participant);
  }, [call, spec]);

  const last = useLastFrame(seen);
  const media = last ?? seen.media;
  const shown = media !== null && (seen.why === null || last !== null);
  const name = seen.name || (seen.local ? t('lan.somebody') : '');
  const label =
    spec.kind === 'screen'
      ? t('conference.screenOf', { name })
      : spec.isSelf
        ? t('conference.you', { name })
        : name;
  return (
    <li
      ref={tile}
      className={classes.tile}
      data-place={place}
      data-kind={spec.kind}
      data-tile={spec.key}
      data-local={seen.local || undefined}
      aria-label={label}
      style={{ width, height, transform: `translate(${x}px, ${y}px)` }}
      onDoubleClick={() => call.pin(spec.key)}
    >
      {/* Below the picture: seen until its first frame is there. */}
      {spec.kind === 'person' ? (
        <Avatar name={name} />
      ) : (
        <IconScreenShare className={classes.screenIcon} aria-hidden="true" />
      )}
      {media && (
        <Picture media={media} fit={fit} mirrored={spec.isSelf} shown={shown} still={last !== null} />
      )}
      <TileReason why={seen.why} isSelf={spec.isSelf} still={last !== null} />
      <span ref={ring} className={classes.ring} aria-hidden="true" />
      <div className={classes.marks}>
        {seen.local && spec.lan && <LanMark stream={spec.lan} name={name} />}
        {seen.hand && (
          <span className={classes.hand} role="img" aria-label={t('conference.handUp')}>
            <IconHandStop size="1.1em" aria-hidden="true" />
          </span>
        )}
        {pinned && (
          <span className={classes.mark} role="img" aria-label={t('conference.pinned')}>
            <IconPinFilled size="1em" aria-hidden="true" />
          </span>
        )}
      </div>
      <div className={classes.label}>
        {seen.silent && (
          <IconMicrophoneOff className={classes.silent} role="img" aria-label={t('conference.muted')} />
        )}
        <bdi className={classes.name}>{label}</bdi>
        <QualityMark quality={seen.quality} />
      </div>
      <TileMenu spec={spec} name={name} pinned={pinned} />
    </li>
  );
});

/** Why there is no picture, where it is worth a word. */
function TileReason({ why, isSelf, still }: { why: TileWhy | null; isSelf: boolean; still: boolean }) {
  const { t } = useTranslation();
  if (why === null || isSelf || why === 'camera-off') return null;
  if (why === 'starting') {
    return (
      <span
        className={classes.starting}
        data-still={still || undefined}
        role="img"
        aria-label={t('conference.tile.starting')}
      >
        <i />
      </span>
    );
  }
  return <span className={classes.reason}>{t(`conference.tile.${why}`)}</span>;
}
