import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { capture, captureBoth } from './capture';
import { causeOf, DeviceError, obstacle } from './problem';

const fault = (name: string, message = '') => Object.assign(new Error(message), { name });
const track = (kind: 'audio' | 'video') => ({ kind }) as MediaStreamTrack;
const stream = (...tracks: MediaStreamTrack[]) => ({ getTracks: () => tracks }) as unknown as MediaStream;

const getUserMedia = vi.fn<(asked: MediaStreamConstraints) => Promise<MediaStream>>();
const query = vi.fn<(of: { name: string }) => Promise<{ state: PermissionState }>>();

beforeEach(() => {
  vi.stubGlobal('isSecureContext', true);
  vi.stubGlobal('navigator', { mediaDevices: { getUserMedia }, permissions: { query } });
  getUserMedia.mockReset();
  query.mockReset().mockResolvedValue({ state: 'prompt' });
});
afterEach(() => vi.unstubAllGlobals());

describe('what keeps a page from asking', () => {
  it('is an insecure address before anything else', () => {
    vi.stubGlobal('isSecureContext', false);
    vi.stubGlobal('navigator', {});
    expect(obstacle()).toBe('insecure');
  });
  it('is a browser without devices', async () => {
    vi.stubGlobal('navigator', {});
    expect(obstacle()).toBe('unsupported');
    await expect(capture('camera')).rejects.toMatchObject({ reason: 'unsupported' });
  });
});

it.each([
  ['NotAllowedError', 'Permission denied', 'denied'],
  ['NotAllowedError', 'Permission dismissed', 'dismissed'],
  ['NotAllowedError', 'Permission denied by system', 'denied-by-system'],
  ['NotFoundError', '', 'missing'],
  ['OverconstrainedError', '', 'missing'],
  ['NotReadableError', '', 'busy'],
  ['AbortError', '', 'busy'],
  ['SecurityError', '', 'unsupported'],
  ['TypeError', '', 'failed'],
])('%s (%s) means %s', (name, message, cause) => {
  expect(causeOf(fault(name, message))).toBe(cause);
});

describe('capturing from one', () => {
  it('takes the device that was chosen', async () => {
    getUserMedia.mockResolvedValue(stream(track('video')));
    await capture('camera', 'cam-2');
    expect(getUserMedia.mock.calls[0]?.[0].video).toMatchObject({ deviceId: { exact: 'cam-2' } });
    expect(getUserMedia.mock.calls[0]?.[0].audio).toBeUndefined();
  });

  it('takes another when the chosen one is not there', async () => {
    getUserMedia
      .mockRejectedValueOnce(fault('OverconstrainedError'))
      .mockResolvedValue(stream(track('audio')));
    expect((await capture('microphone', 'gone')).kind).toBe('audio');
    expect(getUserMedia.mock.calls[1]?.[0].audio).not.toHaveProperty('deviceId');
  });

  it('tells why there is none', async () => {
    getUserMedia.mockRejectedValue(fault('NotReadableError'));
    await expect(capture('camera')).rejects.toMatchObject({ reason: 'busy' });
  });
});

describe('capturing from both', () => {
  it('asks once', async () => {
    getUserMedia.mockResolvedValue(stream(track('audio'), track('video')));
    const both = await captureBoth(null, null);
    expect(both.microphone).toMatchObject({ kind: 'audio' });
    expect(both.camera).toMatchObject({ kind: 'video' });
    expect(getUserMedia).toHaveBeenCalledTimes(1);
  });

  it('takes the one that there is', async () => {
    getUserMedia.mockImplementation(async (asked) => {
      if (asked.video) throw fault('NotFoundError');
      return stream(track('audio'));
    });
    const both = await captureBoth(null, null);
    expect(both.microphone).toMatchObject({ kind: 'audio' });
    expect(both.camera).toMatchObject({ reason: 'missing' });
  });

  it('asks no second time after a refusal', async () => {
    getUserMedia.mockRejectedValue(fault('NotAllowedError', 'Permission denied'));
    const both = await captureBoth(null, null);
    expect(both.microphone).toBeInstanceOf(DeviceError);
    expect(both.camera).toMatchObject({ reason: 'denied' });
    expect(getUserMedia).toHaveBeenCalledTimes(1);
  });

  it('takes the one that was allowed before', async () => {
    query.mockImplementation(async ({ name }) => ({ state: name === 'microphone' ? 'granted' : 'denied' }));
    getUserMedia.mockImplementation(async (asked) => {
      if (asked.video) throw fault('NotAllowedError', 'Permission denied');
      return stream(track('audio'));
    });
    const both = await captureBoth(null, null);
    expect(both.microphone).toMatchObject({ kind: 'audio' });
    expect(both.camera).toMatchObject({ reason: 'denied' });
  });
});
