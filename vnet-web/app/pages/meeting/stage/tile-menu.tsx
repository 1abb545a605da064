import { Menu } from '@mantine/core';
import {
  IconCrown,
  IconDotsVertical,
  IconEyeOff,
  IconHandOff,
  IconLayoutGrid,
  IconMessage,
  IconMicrophoneOff,
  IconPictureInPicture,
  IconPin,
  IconPinnedOff,
  IconScreenShareOff,
  IconUserX,
  IconVideoOff,
} from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConferenceSnapshot } from '../../../conference/conference';
import { useCall, useMeeting, useView } from '../call/call';
import { participantOf, streamBy } from '../call/people';
import { shallow } from '../call/store';
import { useHostActions } from '../call/use-host-actions';
import { LanMenuLabel } from './lan-mark';
import classes from './tile.module.css';
import type { TileSpec } from './tile-list';

interface TileMenuProps {
  readonly spec: TileSpec;
  readonly name: string;
  readonly pinned: boolean;
}

/** What can be done with a tile; its items exist only while it is open. */
export function TileMenu({ spec, name, pinned }: TileMenuProps) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  return (
    <Menu opened={opened} onChange={setOpened} position="bottom-end" withinPortal shadow="md" loop>
      <Menu.Target>
        <button type="button" className={classes.menu} aria-label={t('conference.moreFor', { name })}>
          <IconDotsVertical size="1.15rem" aria-hidden="true" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>{opened && <TileItems spec={spec} name={name} pinned={pinned} />}</Menu.Dropdown>
    </Menu>
  );
}

const ICON = { size: '1.1rem', 'aria-hidden': true } as const;

function TileItems({ spec, name, pinned }: TileMenuProps) {
  const { t } = useTranslation();
  const call = useCall();
  return (
    <>
      {spec.lan && <LanMenuLabel stream={spec.lan} name={name} />}
      <Menu.Item
        leftSection={pinned ? <IconPinnedOff {...ICON} /> : <IconPin {...ICON} />}
        onClick={() => call.pin(spec.key)}
      >
        {pinned ? t('conference.unpin') : t('conference.pin')}
      </Menu.Item>
      {spec.isSelf && <SelfItems />}
      {!spec.isSelf && spec.participant && <PersonItems participant={spec.participant} name={name} />}
    </>
  );
}

function SelfItems() {
  const { t } = useTranslation();
  const call = useCall();
  const selfView = useView((view) => view.selfView);
  return (
    <>
      {selfView !== 'grid' && (
        <Menu.Item
          leftSection={<IconLayoutGrid {...ICON} />}
          onClick={() => call.view.update({ selfView: 'grid' })}
        >
          {t('conference.selfToGrid')}
        </Menu.Item>
      )}
      {selfView !== 'float' && (
        <Menu.Item
          leftSection={<IconPictureInPicture {...ICON} />}
          onClick={() => call.view.update({ selfView: 'float' })}
        >
          {t('conference.selfToCorner')}
        </Menu.Item>
      )}
      <Menu.Item
        leftSection={<IconEyeOff {...ICON} />}
        onClick={() => call.view.update({ selfView: 'hidden' })}
      >
        {t('conference.selfHide')}
      </Menu.Item>
    </>
  );
}

/** What can be stopped of somebody. */
function shares(snapshot: ConferenceSnapshot, participant: string) {
  const of = (source: 'microphone' | 'camera' | 'screen') => {
    const stream = streamBy(snapshot, participant, source);
    return stream && !stream.muted ? stream.id : null;
  };
  const person = participantOf(snapshot, participant);
  return {
    microphone: of('microphone'),
    camera: of('camera'),
    screen: of('screen'),
    hand: person?.hand ?? false,
    role: person?.role ?? 'guest',
  };
}

/** Actions on somebody else: for the tile, and for the list of people. */
export function PersonItems({ participant, name }: { participant: string; name: string }) {
  const { t } = useTranslation();
  const call = useCall();
  const { host, act, ask } = useHostActions();
  const on = useMeeting((snapshot) => shares(snapshot, participant), shallow);
  const stop = (stream: string) => act((actions) => actions.mute(stream));
  return (
    <>
      {call.conference.capabilities.chat && (
        <Menu.Item
          leftSection={<IconMessage {...ICON} />}
          onClick={() => call.view.update({ panel: 'chat', chatTo: participant })}
        >
          {t('conference.writeTo', { name })}
        </Menu.Item>
      )}
      {host && (
        <>
          <Menu.Divider />
          {on.microphone && (
            <Menu.Item
              leftSection={<IconMicrophoneOff {...ICON} />}
              onClick={() => on.microphone && stop(on.microphone)}
            >
              {t('conference.hostMute')}
            </Menu.Item>
          )}
          {on.camera && (
            <Menu.Item leftSection={<IconVideoOff {...ICON} />} onClick={() => on.camera && stop(on.camera)}>
              {t('conference.hostCamera')}
            </Menu.Item>
          )}
          {on.screen && (
            <Menu.Item
              leftSection={<IconScreenShareOff {...ICON} />}
              onClick={() => on.screen && stop(on.screen)}
            >
              {t('conference.hostScreen')}
            </Menu.Item>
          )}
          {on.hand && (
            <Menu.Item
              leftSection={<IconHandOff {...ICON} />}
              onClick={() => act(() => call.conference.raiseHand(false, participant))}
            >
              {t('conference.hostHand')}
            </Menu.Item>
          )}
          {on.role === 'guest' && (
            <Menu.Item
              leftSection={<IconCrown {...ICON} />}
              onClick={() => ask({ kind: 'handOver', participant, name })}
            >
              {t('conference.hostHandOver')}
            </Menu.Item>
          )}
          <Menu.Item
            color="red"
            leftSection={<IconUserX {...ICON} />}
            onClick={() => ask({ kind: 'remove', participant, name })}
          >
            {t('conference.hostRemove')}
          </Menu.Item>
        </>
      )}
    </>
  );
}
