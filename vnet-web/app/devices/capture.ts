import { causeOf, DeviceError, obstacle } from './problem';

export type InputKind = 'microphone' | 'camera';

/** What is asked of any microphone and any camera. */
const ASKED: Record<InputKind, MediaTrackConstraints> = {
  microphone: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  camera: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } },
};

const nameOf = (kind: InputKind): 'audio' | 'video' => (kind === 'camera' ? 'video' : 'audio');

type Wanted = Readonly<Partial<Record<InputKind, string | null>>>;

async function ask(wanted: Wanted): Promise<MediaStreamTrack[]> {
  const blocked = obstacle();
  if (blocked) throw new DeviceError(blocked);
  const constraints: MediaStreamConstraints = {};
  for (const kind of ['microphone', 'camera'] as const) {
    const id = wanted[kind];
    if (id === undefined) continue;
    constraints[nameOf(kind)] = { ...ASKED[kind], ...(id ? { deviceId: { exact: id } } : {}) };
  }
  try {
    return (await navigator.mediaDevices.getUserMedia(constraints)).getTracks();
  } catch (error) {
    throw new DeviceError(causeOf(error), { cause: error });
  }
}

/**
 * Captures from one device: that of `deviceId`, or the one the browser prefers when there is none such.
 * Fails with `DeviceError`. Who calls stops the track.
 */
export async function capture(kind: InputKind, deviceId?: string | null): Promise<MediaStreamTrack> {
  const [track] = await ask({ [kind]: deviceId ?? null }).catch((error: unknown) => {
    // A device that was chosen once may have been left at home.
    if (deviceId && causeOf(error) === 'missing') return ask({ [kind]: null });
    throw error;
  });
  if (!track) throw new DeviceError('failed');
  return track;
}

export type Captured = MediaStreamTrack | DeviceError;

/**
 * Captures from both with one question to the person; when that fails, from each on its own. Each result is
 * a track, or why there is none.
 */
export async function captureBoth(
  microphone: string | null,
  camera: string | null,
): Promise<Record<InputKind, Captured>> {
  try {
    const tracks = await ask({ microphone, camera });
    const of = (kind: InputKind): Captured =>
      tracks.find((track) => track.kind === nameOf(kind)) ?? new DeviceError('failed');
    return { microphone: of('microphone'), camera: of('camera') };
  } catch (error) {
    const reason = causeOf(error);
    // Asking twice more after a closed question would be a nuisance.
    if (reason === 'dismissed' || reason === 'insecure' || reason === 'unsupported') {
      return { microphone: new DeviceError(reason), camera: new DeviceError(reason) };
    }
    return {
      microphone: await captured('microphone', microphone, reason),
      camera: await captured('camera', camera, reason),
    };
  }
}

/** One of two that failed together for `reason`. */
async function captured(kind: InputKind, id: string | null, reason: string): Promise<Captured> {
  // A refusal of both stands, unless this one was allowed before.
  if (reason === 'denied' && (await permissionOf(kind)) !== 'granted') return new DeviceError('denied');
  return capture(kind, id).catch((error: unknown) => new DeviceError(causeOf(error), { cause: error }));
}

/** Whether a kind of device may be used; `null`: this browser does not tell. */
export async function permissionOf(kind: InputKind): Promise<PermissionState | null> {
  try {
    return (await navigator.permissions.query({ name: kind })).state;
  } catch {
    return null;
  }
}
