import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ada, answerWith, meetingAt, open, USER } from '../../test/page';
import { Left } from './left';
import { Setup, type SetupChoice } from './setup';

class Track extends EventTarget {
  readonly kind: 'audio' | 'video';
  readonly deviceId: string;
  readonly id = crypto.randomUUID();
  readyState = 'live';
  constructor(kind: 'audio' | 'video', deviceId: string) {
    super();
    this.kind = kind;
    this.deviceId = deviceId;
  }
  stop = () => {
    this.readyState = 'ended';
  };
  getSettings = () => ({ deviceId: this.deviceId });
  getCapabilities = () => ({});
}

const fault = (name: string, message = '') => Object.assign(new Error(message), { name });
const made: Track[] = [];
let refuse: (kind: 'audio' | 'video') => Error | null = () => null;

const idOf = (asked: MediaTrackConstraints, otherwise: string): string =>
  typeof asked.deviceId === 'object' && 'exact' in asked.deviceId ? String(asked.deviceId.exact) : otherwise;

async function getUserMedia(asked: MediaStreamConstraints): Promise<unknown> {
  const tracks: Track[] = [];
  for (const kind of ['audio', 'video'] as const) {
    const constraints = asked[kind];
    if (typeof constraints !== 'object') continue;
    const error = refuse(kind);
    if (error) throw error;
    tracks.push(new Track(kind, idOf(constraints, `${kind}-1`)));
  }
  made.push(...tracks);
  return { getTracks: () => tracks };
}

const device = (kind: MediaDeviceKind, deviceId: string, label: string) => ({ kind, deviceId, label });

beforeEach(() => {
  localStorage.clear();
  made.length = 0;
  refuse = () => null;
  answerWith(USER);
  vi.stubGlobal('isSecureContext', true);
  vi.stubGlobal('AudioContext', undefined);
  const mediaDevices = Object.assign(new EventTarget(), {
    getUserMedia,
    enumerateDevices: async () => [
      device('audioinput', 'audio-1', 'Desk microphone'),
      device('audioinput', 'audio-2', 'Headset'),
      device('videoinput', 'video-1', 'Front camera'),
    ],
  });
  Object.defineProperty(navigator, 'mediaDevices', { configurable: true, value: mediaDevices });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const joined: SetupChoice[] = [];
async function show(props: { joining?: boolean; error?: string | null } = {}) {
  joined.length = 0;
  const element = (
    <Setup
      meeting={meetingAt(0)}
      user={ada}
      onJoin={(choice) => joined.push(choice)}
      joining={props.joining ?? false}
      error={props.error ?? null}
    />
  );
  return open([{ path: '/', element }]);
}
const button = (name: string) => screen.getByRole('button', { name });
const live = () => made.filter((track) => track.readyState === 'live');

describe('preparing', () => {
  it('captures both, and gives them to the meeting', async () => {
    const page = await show();
    await waitFor(() => expect(button('Join now').hasAttribute('disabled')).toBe(false));
    expect(screen.getByText('Countess')).toBeTruthy();
    fireEvent.click(button('Join now'));
    expect(joined[0]).toMatchObject({ microphoneMuted: false, cameraMuted: false, speakerId: null });
    page.unmount();
    // They belong to the meeting now.
    expect(live().map(({ kind }) => kind)).toEqual(['audio', 'video']);
  });

  it('stops everything when one goes away instead', async () => {
    const page = await show();
    await waitFor(() => expect(live()).toHaveLength(2));
    page.unmount();
    expect(live()).toEqual([]);
  });

  it('stops the camera that is turned off, and keeps the microphone that is muted', async () => {
    await show();
    await waitFor(() => expect(live()).toHaveLength(2));
    fireEvent.click(button('Turn camera off'));
    fireEvent.click(button('Mute microphone'));
    expect(live().map(({ kind }) => kind)).toEqual(['audio']);
    expect(screen.getByText('Your camera is off')).toBeTruthy();
    fireEvent.click(button('Join now'));
    expect(joined[0]).toMatchObject({ camera: null, microphoneMuted: true, cameraMuted: true });
    expect(joined[0]?.microphone).not.toBeNull();
  });

  it('remembers what was turned off', async () => {
    localStorage.setItem('vnet.devices', JSON.stringify({ cameraMuted: true, microphone: 'audio-2' }));
    await show();
    await waitFor(() => expect(live()).toHaveLength(1));
    expect(live()[0]).toMatchObject({ kind: 'audio', deviceId: 'audio-2' });
  });

  it('takes another microphone', async () => {
    await show();
    await screen.findByRole('option', { name: 'Headset' });
    await waitFor(() => expect(live()).toHaveLength(2));
    fireEvent.change(screen.getByRole('combobox', { name: 'Microphone' }), { target: { value: 'audio-2' } });
    await waitFor(() => expect(live().some(({ deviceId }) => deviceId === 'audio-2')).toBe(true));
    expect(live().some(({ deviceId }) => deviceId === 'audio-1')).toBe(false);
  });

  it('lets one join without devices', async () => {
    const page = await show();
    await waitFor(() => expect(live()).toHaveLength(2));
    fireEvent.click(button('Join without camera and microphone'));
    expect(joined[0]).toMatchObject({ microphone: null, camera: null });
    page.unmount();
    expect(live()).toEqual([]);
  });

  it('keeps its devices when joining failed, and says why', async () => {
    await show({ error: 'The meeting is full.' });
    expect((await screen.findByRole('alert')).textContent).toContain('The meeting is full.');
  });
});

describe('what is wrong is told with its cure', () => {
  it('refused', async () => {
    refuse = () => fault('NotAllowedError', 'Permission denied');
    await show();
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('This page may not use your camera and microphone');
    expect(alert.textContent).toMatch(/allow|block/i);
    expect(button('Join now').hasAttribute('disabled')).toBe(true);
    refuse = () => null;
    fireEvent.click(within(alert).getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
    expect(live()).toHaveLength(2);
  });

  it('no camera, but a microphone', async () => {
    refuse = (kind) => (kind === 'video' ? fault('NotFoundError') : null);
    await show();
    expect((await screen.findByRole('alert')).textContent).toContain('No camera was found');
    expect(button('Join now').hasAttribute('disabled')).toBe(false);
  });

  it('in use elsewhere', async () => {
    refuse = (kind) => (kind === 'audio' ? fault('NotReadableError') : null);
    await show();
    expect((await screen.findByRole('alert')).textContent).toContain('Another program seems to use it');
  });

  it('unplugged', async () => {
    await show();
    await waitFor(() => expect(live()).toHaveLength(2));
    live()
      .find(({ kind }) => kind === 'video')
      ?.dispatchEvent(new Event('ended'));
    expect((await screen.findByRole('alert')).textContent).toContain('Your camera was unplugged');
  });

  it('not secure', async () => {
    vi.stubGlobal('isSecureContext', false);
    await show();
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('Camera and microphone need a secure page');
    expect(alert.textContent).toContain(location.origin);
  });

  it('no devices in this browser', async () => {
    Object.defineProperty(navigator, 'mediaDevices', { configurable: true, value: undefined });
    await show();
    expect((await screen.findByRole('alert')).textContent).toContain('gives pages no camera');
  });
});

describe('after the meeting', () => {
  const leave = (reason: 'left' | 'removed' | 'failed', onRejoin = () => undefined) =>
    open([
      {
        path: '/',
        element: (
          <Left
            reason={reason}
            detail={null}
            durationMs={3_900_000}
            bytesReceived={12_345_678}
            bytesSent={null}
            savedBytes={4_500_000}
            onRejoin={onRejoin}
          />
        ),
      },
    ]);

  it('it says how long it took and what it used', async () => {
    const onRejoin = vi.fn();
    await leave('left', onRejoin);
    expect(screen.getByText('1 hr 5 min')).toBeTruthy();
    expect(screen.getByText('12.3 MB')).toBeTruthy();
    expect(screen.getByText('Saved by sharing nearby').nextSibling?.textContent).toBe('4.5 MB');
    expect(screen.queryByText('Data sent')).toBeNull();
    expect(document.activeElement).toBe(screen.getByRole('heading', { name: 'You left the meeting' }));
    fireEvent.click(button('Join again'));
    expect(onRejoin).toHaveBeenCalledTimes(1);
  });

  it('who was removed is not asked back', async () => {
    await leave('removed');
    expect(screen.getByText('The host removed you from the meeting')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Join again' })).toBeNull();
    expect(screen.getByRole('link', { name: 'To your meetings' })).toBeTruthy();
  });
});
