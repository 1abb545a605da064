import { useCallback, useEffect, useState } from 'react';
import type { InputKind } from './capture';
import { permissionStatus } from './permission';
import { obstacle } from './problem';

/** One that can be chosen. */
export interface Device {
  readonly id: string;
  /** What the system calls it; empty until the person has allowed its use. */
  readonly label: string;
}

export interface Devices {
  readonly microphones: readonly Device[];
  readonly cameras: readonly Device[];
  /** Empty where the browser lets nobody choose. */
  readonly speakers: readonly Device[];
  /** `null`: this browser does not tell. */
  readonly permissions: Readonly<Record<InputKind, PermissionState | null>>;
  /** Looks again: names appear once a device was captured. */
  readonly refresh: () => void;
}

type Lists = Pick<Devices, 'microphones' | 'cameras' | 'speakers'>;
const NO_LISTS: Lists = { microphones: [], cameras: [], speakers: [] };
const NOT_TOLD: Devices['permissions'] = { microphone: null, camera: null };

async function enumerate(): Promise<Lists> {
  const all = await navigator.mediaDevices.enumerateDevices();
  const of = (kind: MediaDeviceKind): Device[] =>
    all
      // Chromium lists the system's choices a second time under names of their own.
      .filter((device) => device.kind === kind && device.deviceId && device.deviceId !== 'communications')
      .map(({ deviceId: id, label }) => ({ id, label }));
  return { microphones: of('audioinput'), cameras: of('videoinput'), speakers: of('audiooutput') };
}

/** The devices there are and whether they may be used, kept up to date. */
export function useDevices(): Devices {
  const [lists, setLists] = useState(NO_LISTS);
  const [permissions, setPermissions] = useState(NOT_TOLD);

  const refresh = useCallback(() => {
    if (obstacle()) return;
    // A list that cannot be had is an empty one.
    enumerate().then(setLists, () => setLists(NO_LISTS));
  }, []);

  useEffect(() => {
    if (obstacle()) return;
    refresh();
    const { mediaDevices } = navigator;
    mediaDevices.addEventListener('devicechange', refresh);
    return () => mediaDevices.removeEventListener('devicechange', refresh);
  }, [refresh]);

  useEffect(() => {
    const ended = new AbortController();
    const watch = async (kind: InputKind) => {
      const status = await permissionStatus(kind);
      if (!status || ended.signal.aborted) return;
      const tell = () => {
        setPermissions((before) => ({ ...before, [kind]: status.state }));
        refresh();
      };
      tell();
      status.addEventListener('change', tell, { signal: ended.signal });
    };
    void watch('microphone');
    void watch('camera');
    return () => ended.abort();
  }, [refresh]);

  return { ...lists, permissions, refresh };
}
