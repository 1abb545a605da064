import { IconMicrophone, IconMicrophoneOff, IconPhoneOff } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
import { useTranslation } from 'react-i18next';
import type { ConferenceSnapshot } from '../../../conference/conference';
import { useCall, useMeeting } from '../call/call';
import { nameOf, streamBy, streamOf } from '../call/people';
import { shallow, useSelected } from '../call/store';
import { Avatar } from './avatar';
import { Picture } from './picture';
import classes from './picture-view.module.css';
import { isComing, type LanPicture, withReceived } from './received';
import { personKey, screenKey } from './tile-list';

/** What the small window shows: a screen, else who speaks, else the first of the others. */
function look(snapshot: ConferenceSnapshot, recent: readonly string[], received: readonly LanPicture[]) {
  const screen = snapshot.streams.findLast((stream) => stream.source === 'screen' && !stream.muted);
  const others = snapshot.participants.filter((one) => !one.isSelf);
  const spoke = recent.map((key) => others.find((one) => `p:${one.id}` === key)).find((one) => one);
  const person = spoke ?? others[0] ?? snapshot.self;
  const stream = screen
    ? streamOf(snapshot, screen.id)
    : person
      ? streamBy(snapshot, person.id, 'camera')
      : null;
  const playing = stream !== null && !stream.muted && stream.state === 'playing';
  const key = screen ? screenKey(screen.id) : person && personKey(person.id);
  const tile = withReceived(snapshot, received).find((one) => one.key === key);
  const local = received.find((one) => one.key === tile?.lan && isComing(one));
  const comes = local !== undefined && stream !== null && !stream.muted;
  return {
    key,
    // What comes over the local network is not wanted from the meeting, too.
    stream: comes ? null : (stream?.id ?? null),
    media: comes ? local.media : playing ? stream.media : null,
    name: nameOf(snapshot, screen?.participant ?? person?.id ?? null) ?? '',
    isScreen: screen !== undefined,
  };
}

/** The meeting in the small window, while it is open. */
export function PictureView() {
  const call = useCall();
  const target = useSelected(call.pip.window, (opened) => opened);
  return target ? createPortal(<View />, target.document.body) : null;
}

function View() {
  const { t } = useTranslation();
  const call = useCall();
  const recent = useSelected(call.tileOrder, (value) => value.recent);
  const received = useSelected(call.received, (value) => value);
  const seen = useMeeting((snapshot) => look(snapshot, recent, received), shallow);
  const on = useMeeting(({ local }) => local.microphone.track !== null && !local.microphone.muted);
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!frame.current || !seen.stream) return;
    return call.wants.show(frame.current, {
      stream: seen.stream,
      priority: 'speaker',
      fit: 'contain',
      apart: true,
    });
  }, [call, seen.stream]);
  return (
    <div className={classes.view} ref={frame}>
      {seen.media ? (
        <Picture key={seen.key} media={seen.media} fit="contain" shown />
      ) : (
        <Avatar name={seen.name} />
      )}
      <bdi className={classes.name}>{seen.name}</bdi>
      <div className={classes.buttons}>
        <button
          type="button"
          aria-label={t('conference.microphone')}
          aria-pressed={on}
          data-off={!on || undefined}
          onClick={() => void call.local.toggleMicrophone()}
        >
          {on ? <IconMicrophone size="1.2rem" /> : <IconMicrophoneOff size="1.2rem" />}
        </button>
        <button
          type="button"
          data-off
          aria-label={t('conference.leave')}
          onClick={() => void call.conference.leave()}
        >
          <IconPhoneOff size="1.2rem" />
        </button>
      </div>
    </div>
  );
}
