/** What somebody chose last, on this device. */
export interface DeviceChoices {
  readonly microphone: string | null;
  readonly camera: string | null;
  readonly speaker: string | null;
  readonly microphoneMuted: boolean;
  readonly cameraMuted: boolean;
  readonly blur: boolean;
}

const KEY = 'vnet.devices';
const NOTHING: DeviceChoices = {
  microphone: null,
  camera: null,
  speaker: null,
  microphoneMuted: false,
  cameraMuted: false,
  blur: false,
};

/** The last choices; what is missing or was not written by `keepChoices` counts as not chosen. */
export function readChoices(): DeviceChoices {
  let kept: unknown;
  try {
    kept = JSON.parse(localStorage.getItem(KEY) ?? 'null');
  } catch {
    return NOTHING;
  }
  if (typeof kept !== 'object' || kept === null) return NOTHING;
  const of = kept as Record<string, unknown>;
  const id = (value: unknown): string | null => (typeof value === 'string' && value ? value : null);
  return {
    microphone: id(of.microphone),
    camera: id(of.camera),
    speaker: id(of.speaker),
    microphoneMuted: of.microphoneMuted === true,
    cameraMuted: of.cameraMuted === true,
    blur: of.blur === true,
  };
}

/** Remembers some choices beside the others. */
export function keepChoices(choices: Partial<DeviceChoices>): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...readChoices(), ...choices }));
  } catch {
    // A browser that stores nothing asks again next time.
  }
}
