/** Why a camera or a microphone cannot be had. */
export type DeviceCause =
  /** Neither asked for nor given: the page did not come over a secure connection. */
  | 'insecure'
  /** This browser has no such thing, or a policy forbids it. */
  | 'unsupported'
  /** Refused by the person, or by their earlier choice. */
  | 'denied'
  /** Refused by the operating system. */
  | 'denied-by-system'
  /** The question was closed without an answer. */
  | 'dismissed'
  | 'missing'
  /** Something else uses it. */
  | 'busy'
  /** It was there and is gone. */
  | 'unplugged'
  | 'failed';

export class DeviceError extends Error {
  override readonly name = 'DeviceError';
  readonly reason: DeviceCause;

  constructor(reason: DeviceCause, options?: ErrorOptions) {
    super(`no device: ${reason}`, options);
    this.reason = reason;
  }
}

/** What keeps this page from asking at all; `null`: nothing. */
export function obstacle(): 'insecure' | 'unsupported' | null {
  if (!window.isSecureContext) return 'insecure';
  // Old browsers and embedded ones have none, whatever the types say.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  return devices && 'getUserMedia' in devices ? null : 'unsupported';
}

/** What an error of `getUserMedia` means. */
export function causeOf(error: unknown): DeviceCause {
  if (error instanceof DeviceError) return error.reason;
  if (!(error instanceof Error)) return 'failed';
  switch (error.name) {
    case 'NotAllowedError':
    case 'PermissionDeniedError':
      if (/system/i.test(error.message)) return 'denied-by-system';
      return /dismissed/i.test(error.message) ? 'dismissed' : 'denied';
    case 'SecurityError':
      return 'unsupported';
    case 'NotFoundError':
    case 'DevicesNotFoundError':
    case 'OverconstrainedError':
      return 'missing';
    case 'NotReadableError':
    case 'TrackStartError':
    case 'AbortError':
      return 'busy';
    default:
      return 'failed';
  }
}
