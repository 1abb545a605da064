import { Menu } from '@mantine/core';
import { IconChevronUp } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { canBlur, type Device, isBlurred, keepChoices, setBlur, useDevices } from '../../../devices';
import { useCall, useMeeting } from '../call/call';
import type { DeviceKind } from '../call/local-media';
import classes from './bar.module.css';

interface SpeakerProps {
  readonly speakerId: string | null;
  readonly onSpeaker: (id: string | null) => void;
}

/** A menu that asks for devices only while it is open. */
function DeviceMenu({ label, children }: { label: string; children: ReactNode }) {
  const [opened, setOpened] = useState(false);
  return (
    <Menu opened={opened} onChange={setOpened} position="top" shadow="md" withinPortal width={300}>
      <Menu.Target>
        <button type="button" className={classes.chevron} data-toolbar-toggle aria-label={label}>
          <IconChevronUp size="1rem" aria-hidden="true" />
        </button>
      </Menu.Target>
      <Menu.Dropdown className={classes.sheet}>{opened && children}</Menu.Dropdown>
    </Menu>
  );
}

function Choices(props: {
  readonly label: string;
  readonly devices: readonly Device[];
  readonly value: string;
  readonly onChange: (id: string) => void;
}) {
  const { t } = useTranslation();
  return (
    <>
      <Menu.Label>{props.label}</Menu.Label>
      {props.devices.length === 0 && <Menu.Item disabled>{t('conference.deviceNone')}</Menu.Item>}
      <Menu.RadioGroup value={props.value} onChange={props.onChange}>
        {props.devices.map(({ id, label }, at) => (
          <Menu.RadioItem key={id} value={id}>
            {label || t('conference.deviceUnnamed', { number: at + 1 })}
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
    </>
  );
}

/** The device that is used, by the number that the browser gave it. */
const usedOf =
  (kind: DeviceKind) => (snapshot: { local: Record<DeviceKind, { track: MediaStreamTrack | null }> }) =>
    snapshot.local[kind].track?.getSettings().deviceId ?? '';
const usedMicrophone = usedOf('microphone');
const usedCamera = usedOf('camera');

export function SoundItems({ speakerId, onSpeaker }: SpeakerProps) {
  const { t } = useTranslation();
  const { local } = useCall();
  const { microphones, speakers } = useDevices();
  const used = useMeeting(usedMicrophone);
  const choose = (id: string) => {
    keepChoices({ speaker: id });
    onSpeaker(id);
  };
  return (
    <>
      <Choices
        label={t('conference.microphone')}
        devices={microphones}
        value={used}
        onChange={(id) => void local.switchTo('microphone', id)}
      />
      {speakers.length > 0 && (
        <Choices
          label={t('conference.speaker')}
          devices={speakers}
          value={speakerId ?? speakers[0]?.id ?? ''}
          onChange={choose}
        />
      )}
    </>
  );
}

export function CameraItems() {
  const { t } = useTranslation();
  const { local } = useCall();
  const { cameras } = useDevices();
  const used = useMeeting(usedCamera);
  const track = useMeeting((snapshot) => snapshot.local.camera.track);
  const [blurred, setBlurred] = useState(() => track !== null && isBlurred(track));
  const blur = (track: MediaStreamTrack, on: boolean) => {
    void setBlur(track, on).then(() => setBlurred(isBlurred(track)));
  };
  return (
    <>
      <Choices
        label={t('conference.camera')}
        devices={cameras}
        value={used}
        onChange={(id) => void local.switchTo('camera', id)}
      />
      {track && canBlur(track) && (
        <Menu.CheckboxItem checked={blurred} onChange={(on) => blur(track, on)}>
          {t('conference.blur')}
        </Menu.CheckboxItem>
      )}
    </>
  );
}

export function SoundMenu(props: SpeakerProps) {
  const { t } = useTranslation();
  return (
    <DeviceMenu label={t('conference.soundDevices')}>
      <SoundItems {...props} />
    </DeviceMenu>
  );
}

export function CameraMenu() {
  const { t } = useTranslation();
  return (
    <DeviceMenu label={t('conference.cameraDevices')}>
      <CameraItems />
    </DeviceMenu>
  );
}
