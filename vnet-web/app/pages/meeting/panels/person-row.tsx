import { Menu } from '@mantine/core';
import {
  IconDotsVertical,
  IconHandStop,
  IconMicrophone,
  IconMicrophoneOff,
  IconScreenShare,
  IconVideo,
  IconVideoOff,
} from '@tabler/icons-react';
import { memo, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Participant } from '../../../conference/conference';
import { useCall, useMeeting, useView } from '../call/call';
import { isDark, isSilent, sameParticipant, streamBy } from '../call/people';
import { shallow } from '../call/store';
import { Avatar } from '../stage/avatar';
import { QualityMark } from '../stage/quality';
import { personKey } from '../stage/tile-list';
import { PersonItems } from '../stage/tile-menu';
import classes from './panel.module.css';

const ICON = { size: '1.15rem', role: 'img' } as const;

/** One person in the list. */
export const PersonRow = memo(
  function PersonRow({ person }: { person: Participant }) {
    const { t } = useTranslation();
    const { name, isSelf, hand, connected, role } = person;
    const states = useMeeting(
      (snapshot) => ({
        silent: isSilent(snapshot, person),
        dark: isDark(snapshot, person),
        sharing: person.isSelf
          ? snapshot.local.screen.track !== null
          : streamBy(snapshot, person.id, 'screen') !== null,
      }),
      shallow,
    );
    const notes = [
      role === 'host' ? t('conference.host') : null,
      connected ? null : t('conference.quality.lost'),
    ].filter((note) => note !== null);
    return (
      <li className={classes.row} data-person={name}>
        <Avatar name={name} small />
        <span className={classes.who}>
          <bdi>{isSelf ? t('conference.you', { name }) : name}</bdi>
          {notes.length > 0 && <small>{notes.join(' · ')}</small>}
        </span>
        <span className={classes.states}>
          <Speaks person={person} />
          <QualityMark quality={connected ? person.quality : null} />
          {hand && <IconHandStop {...ICON} data-hand aria-label={t('conference.handUp')} />}
          {states.sharing && <IconScreenShare {...ICON} aria-label={t('conference.sharesScreen')} />}
          {states.dark ? (
            <IconVideoOff {...ICON} aria-label={t('conference.cameraOff')} />
          ) : (
            <IconVideo {...ICON} aria-label={t('conference.cameraOn')} />
          )}
          {states.silent ? (
            <IconMicrophoneOff {...ICON} data-warn aria-label={t('conference.muted')} />
          ) : (
            <IconMicrophone {...ICON} aria-label={t('conference.unmuted')} />
          )}
        </span>
        {isSelf ? <span className={classes.dots} aria-hidden="true" /> : <PersonMenu person={person} />}
      </li>
    );
  },
  (before, now) => sameParticipant(before.person, now.person),
);

function Speaks({ person }: { person: Participant }) {
  const { speaking } = useCall();
  const dot = useRef<HTMLSpanElement>(null);
  useEffect(() => (dot.current ? speaking.watch(dot.current, person.id) : undefined), [speaking, person.id]);
  return <span ref={dot} className={classes.speaks} aria-hidden="true" />;
}

function PersonMenu({ person: { id, name } }: { person: Participant }) {
  const { t } = useTranslation();
  const call = useCall();
  const key = personKey(id);
  const pinned = useView((view) => view.pinned === key);
  const [opened, setOpened] = useState(false);
  return (
    <Menu opened={opened} onChange={setOpened} position="bottom-end" shadow="md" withinPortal>
      <Menu.Target>
        <button type="button" className={classes.dots} aria-label={t('conference.moreFor', { name })}>
          <IconDotsVertical size="1.1rem" aria-hidden="true" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {opened && (
          <>
            <Menu.Item onClick={() => call.pin(key)}>
              {pinned ? t('conference.unpin') : t('conference.pin')}
            </Menu.Item>
            <PersonItems participant={id} name={name} />
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
