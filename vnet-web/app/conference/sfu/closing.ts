import { ApiError } from '../../api/client';
import type { ErrorCode } from '../../generated/sfu-protocol';
import type { LeaveReason } from '../conference';

/** What to do when a connection is over. */
export type Next =
  | { readonly kind: 'resume' | 'anew' }
  | { readonly kind: 'out'; readonly reason: LeaveReason };

const out = (reason: LeaveReason): Next => ({ kind: 'out', reason });

/** Why the server refused the first message, as people are told. */
const REFUSALS: Partial<Record<ErrorCode, LeaveReason>> = {
  locked: 'locked',
  denied: 'denied',
  meeting_full: 'full',
  server_full: 'full',
  too_many_tracks: 'full',
  no_media: 'blocked',
};

/**
 * What a close code says about how to go on.
 *
 * @param refused what the server refused last on this connection
 * @param hasSession whether there is something to resume
 */
export function afterClose(code: number, refused: ErrorCode | null, hasSession: boolean): Next {
  switch (code) {
    case 1000:
      return out('left');
    case 4403:
      return out(refused === 'denied' ? 'denied' : 'removed');
    case 4409:
      return out('elsewhere');
    case 4410:
      return out('ended');
    case 4412:
      return out('blocked');
    case 4423:
      return out((refused && REFUSALS[refused]) ?? 'full');
    // What this program said was wrong: saying it again would be, too.
    case 4400:
    case 4429:
    case 1002:
    case 1003:
    case 1007:
    case 1009:
      return out('failed');
    // Who is signed in here is not whom the ticket is for.
    case 4401:
      return refused === 'forbidden' ? out('session-ended') : { kind: 'anew' };
    case 1001:
    case 4500:
      return { kind: 'anew' };
    default:
      return { kind: hasSession ? 'resume' : 'anew' };
  }
}

/** What a failed request for a ticket says about how to go on. */
export function afterNoTicket(error: unknown): Next {
  // The server cannot be reached: it may be on its way back.
  if (!(error instanceof ApiError)) return error instanceof TypeError ? { kind: 'anew' } : out('failed');
  if (error.status === 429 || error.status >= 500) return { kind: 'anew' };
  if (error.status === 401 || error.status === 403) return out('session-ended');
  return out(error.status === 404 ? 'not-found' : 'failed');
}

const FIRST = 250;
const LONGEST = 5_000;

/** Pauses between attempts: longer each time, and not the same for all who lost it together. */
export class Backoff {
  #pause = 0;
  #attempts = 0;

  get attempts(): number {
    return this.#attempts;
  }

  /** Milliseconds until the next attempt, at least `least`. */
  next(least = 0): number {
    this.#attempts += 1;
    this.#pause = Math.min(this.#pause ? this.#pause * 2 : FIRST, LONGEST);
    return Math.max(this.#pause, least) * (0.5 + Math.random());
  }

  reset(): void {
    this.#pause = 0;
    this.#attempts = 0;
  }
}
