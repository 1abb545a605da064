import { messageOf } from './reasons';
import { failure } from './words';

/** Waiting times between attempts, in milliseconds: the server is expected back within minutes. */
const PAUSES = [1_000, 2_000, 5_000, 15_000, 30_000, 60_000, 120_000];

export interface TokenSource {
  /** The next access token. */
  fetch(): Promise<string>;
  /** Gives up what is under way. */
  dispose(): void;
}

/**
 * Gets access tokens from the server. It goes on trying by itself: the SDK asks once, ten minutes before a token
 * ends, and not again when that fails. `onSignedOut` is called when the server no longer knows one.
 */
export function tokenSource(url: string, onSignedOut: () => void): TokenSource {
  const stop = new AbortController();
  return {
    fetch: () => persist(url, stop.signal, onSignedOut),
    dispose: () => stop.abort(),
  };
}

async function persist(url: string, signal: AbortSignal, onSignedOut: () => void): Promise<string> {
  for (const pause of [...PAUSES, null]) {
    const answer = await ask(url, signal);
    if ('token' in answer) return answer.token;
    if (answer.signedOut) {
      onSignedOut();
      throw failure('session-ended', 'signedOut');
    }
    signal.throwIfAborted();
    if (pause !== null) await rest(Math.max(pause, answer.after), signal);
  }
  throw failure('acs_token', 'tokenServer');
}

type Answer = { readonly token: string } | { readonly signedOut: boolean; readonly after: number };

async function ask(url: string, signal: AbortSignal): Promise<Answer> {
  try {
    const response = await fetch(url, { method: 'POST', headers: { Accept: 'application/json' }, signal });
    if (response.ok) {
      const body: unknown = await response.json();
      if (typeof body === 'object' && body !== null && 'token' in body && typeof body.token === 'string') {
        return { token: body.token };
      }
    }
    const after = Number(response.headers.get('Retry-After'));
    return { signedOut: response.status === 401, after: after > 0 ? after * 1_000 : 0 };
  } catch (error) {
    // Not reached: offline, or the server restarts.
    if (signal.aborted) throw new Error(messageOf(error));
    return { signedOut: false, after: 0 };
  }
}

export function rest(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((done, failed) => {
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      failed(new Error('given up'));
    });
  });
}
