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

/** Names of those with whom one was connected until the connection to the server broke. */
export class Remembered {
  #names: ReadonlySet<string> = new Set();
  #until = 0;

  remember(names: Iterable<string>, now: number): void {
    this.#names = new Set(names);
    this.#until = now + WAIT;
  }

  forget(): void {
    this.#names = new Set();
  }

  /** Whether it is somebody who was there; each once. */
  take(name: string, now: number): boolean {
    if (now > this.#until || !this.#names.has(name)) return false;
    this.#names = new Set([...this.#names].filter((one) => one !== name));
    return true;
  }
}
