import { act, cleanup, renderHook, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { useDevices } from './use-devices';

class Status extends EventTarget {
  state: PermissionState = 'prompt';

  become(state: PermissionState): void {
    this.state = state;
    this.dispatchEvent(new Event('change'));
  }
}

const made: Status[] = [];
const query = vi.fn(async () => {
  const status = new Status();
  made.push(status);
  return status;
});

beforeEach(() => {
  made.length = 0;
  const mediaDevices = Object.assign(new EventTarget(), {
    getUserMedia: vi.fn(),
    enumerateDevices: async () => [],
  });
  vi.stubGlobal('navigator', { mediaDevices, permissions: { query } });
  vi.stubGlobal('isSecureContext', true);
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  query.mockClear();
});

test('permissions are asked for once, however often devices are looked at, and stay up to date', async () => {
  for (let time = 0; time < 3; time += 1) {
    const { result, unmount } = renderHook(() => useDevices());
    await waitFor(() => expect(result.current.permissions.camera).toBe('prompt'));
    unmount();
  }
  expect(query.mock.calls).toHaveLength(2);
  const { result } = renderHook(() => useDevices());
  await waitFor(() => expect(result.current.permissions.camera).toBe('prompt'));
  act(() => {
    for (const status of made) status.become('granted');
  });
  expect(result.current.permissions).toEqual({ microphone: 'granted', camera: 'granted' });
});

test('a browser that does not tell leaves it open', async () => {
  const unknown = new TypeError('not a permission');
  query.mockRejectedValueOnce(unknown).mockRejectedValueOnce(unknown);
  const { result } = renderHook(() => useDevices());
  await waitFor(() => expect(query).toHaveBeenCalledTimes(2));
  expect(result.current.permissions).toEqual({ microphone: null, camera: null });
});
