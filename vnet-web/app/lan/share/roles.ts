import type { ShareProblem } from './types';
import type { EndedReason } from './wire';

/** Why one is out, as people are told; `unreachable` needs a closer look. */
const ENDS: Readonly<Record<EndedReason, ShareProblem>> = {
  closed: 'ended',
  left: 'left',
  refused: 'refused',
  put_out: 'put-out',
  full: 'full',
  unreachable: 'blocked',
  session_ended: 'ended',
};

/** A newer server may have other reasons. */
export const problemOfEnd = (reason: EndedReason): ShareProblem => ENDS[reason] ?? 'ended';

const REFUSALS: Readonly<Record<string, ShareProblem>> = {
  unknown_code: 'unknown-code',
  too_many_tries: 'too-many-tries',
  unknown_share: 'ended',
  share_full: 'full',
  server_full: 'full',
  not_connected: 'unreachable-server',
  unsupported_version: 'unreachable-server',
};

/** What a refusal means for people; `null`: nothing, the state that the server tells next is the answer. */
export const problemOfRefusal = (code: string): ShareProblem | null => REFUSALS[code] ?? null;

/** So long somebody who is gone is waited for, in milliseconds. */
const WAIT = 60_000;

/** With whom one was connected until a connection to the server broke. */
export class Remembered {
  #name: string | null = null;
  #until = 0;

  remember(name: string, now: number): void {
    this.#name = name;
    this.#until = now + WAIT;
  }

  forget(): void {
    this.#name = null;
  }

  /** Whether it is who was there; once. */
  take(name: string, now: number): boolean {
    if (now > this.#until || this.#name !== name) return false;
    this.#name = null;
    return true;
  }
}
