import { Button, Checkbox, NativeSelect } from '@mantine/core';
import { IconVolume } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { LevelMeter } from '../../components/level-meter';
import {
  canBlur,
  canChooseSpeaker,
  type Device,
  type Devices,
  isBlurred,
  keepChoices,
  playTestSound,
  setBlur,
} from '../../devices';
import classes from './setup.module.css';
import type { SetupMedia } from './setup-media';

interface Props {
  readonly media: SetupMedia;
  readonly devices: Devices;
  readonly speakerId: string | null;
  readonly onSpeaker: (id: string | null) => void;
}

/** Which camera, microphone and loudspeaker are used. */
export function SetupDevices({ media, devices, speakerId, onSpeaker }: Props) {
  const { t } = useTranslation();
  const { microphone, camera } = media;
  return (
    <div className={classes.devices}>
      <div className={classes.device}>
        <Choice
          label={t('setup.camera')}
          devices={devices.cameras}
          value={deviceOf(camera.track)}
          onChange={(id) => media.choose('camera', id)}
        />
        {!camera.muted && <Blur key={camera.track?.id} track={camera.track} />}
      </div>
      <div className={classes.device}>
        <Choice
          label={t('setup.microphone')}
          devices={devices.microphones}
          value={deviceOf(microphone.track)}
          onChange={(id) => media.choose('microphone', id)}
        />
        <LevelMeter track={microphone.muted ? null : microphone.track} label={t('setup.level')} />
      </div>
      <Speaker devices={devices.speakers} value={speakerId} onChange={onSpeaker} />
    </div>
  );
}

const deviceOf = (track: MediaStreamTrack | null): string => track?.getSettings().deviceId ?? '';

interface ChoiceProps {
  readonly label: string;
  readonly devices: readonly Device[];
  readonly value: string;
  readonly onChange: (id: string) => void;
}

function Choice({ label, devices, value, onChange }: ChoiceProps) {
  const { t } = useTranslation();
  const options = devices.map((device, index) => ({
    value: device.id,
    label: device.label || t('setup.unnamed', { kind: label, number: index + 1 }),
  }));
  // What is not in the list yet must not look as if the first were chosen.
  if (!options.some((option) => option.value === value)) options.unshift({ value: '', label: '–' });
  const isKnown = options.some((option) => option.value === value);
  return (
    <NativeSelect
      label={label}
      data={options}
      value={isKnown ? value : ''}
      disabled={devices.length === 0}
      onChange={(event) => event.currentTarget.value && onChange(event.currentTarget.value)}
    />
  );
}

function Blur({ track }: { track: MediaStreamTrack | null }) {
  const { t } = useTranslation();
  const [isOn, setOn] = useState(() => isBlurred(track));
  if (!track || !canBlur(track)) return null;
  const change = async (wanted: boolean) => {
    if (!(await setBlur(track, wanted))) return;
    keepChoices({ blur: wanted });
    setOn(wanted);
  };
  return (
    <Checkbox
      size="md"
      label={t('setup.blur')}
      checked={isOn}
      onChange={(event) => void change(event.currentTarget.checked)}
    />
  );
}

interface SpeakerProps {
  readonly devices: readonly Device[];
  readonly value: string | null;
  readonly onChange: (id: string | null) => void;
}

function Speaker({ devices, value, onChange }: SpeakerProps) {
  const { t } = useTranslation();
  const [test, setTest] = useState<'idle' | 'playing' | 'failed'>('idle');
  const canChoose = canChooseSpeaker() && devices.length > 0;
  const options = [
    { value: '', label: t('setup.systemSpeaker') },
    ...devices
      .filter((device) => device.id !== 'default')
      .map((device, index) => ({
        value: device.id,
        label: device.label || t('setup.unnamed', { kind: t('setup.speaker'), number: index + 1 }),
      })),
  ];
  const known = options.some((option) => option.value === value) ? value : '';
  const play = () => {
    setTest('playing');
    playTestSound(known || null).then(
      () => setTest('idle'),
      () => setTest('failed'),
    );
  };
  return (
    <div className={classes.row}>
      <NativeSelect
        label={t('setup.speaker')}
        description={canChoose ? undefined : t('setup.fixedSpeaker')}
        error={test === 'failed' ? t('setup.testFailed') : undefined}
        data={options}
        value={known ?? ''}
        disabled={!canChoose}
        onChange={(event) => onChange(event.currentTarget.value || null)}
      />
      <Button
        variant="default"
        leftSection={<IconVolume size={18} aria-hidden="true" />}
        disabled={test === 'playing'}
        aria-label={t('setup.testSpeaker')}
        onClick={play}
      >
        {t(test === 'playing' ? 'setup.testing' : 'setup.test')}
      </Button>
    </div>
  );
}
