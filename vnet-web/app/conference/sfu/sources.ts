import { ConferenceError, type LocalSource, type Source } from '../conference';
import { type Ask, toWire } from './protocol';
import { ownTrack, type Room } from './state';

/** Steps after which something is wrong with the server rather than with the order of things. */
const MOST_STEPS = 6;

export interface SourcesHooks {
  room(): Room;
  local(source: Source): LocalSource;
  mid(source: Source): string | null;
  /** Whether one is in and connected. */
  isConnected(): boolean;
  request(ask: Ask): Promise<unknown>;
}

/** Brings what the server says of one's own sources in line with what is wanted of them. */
export class Sources {
  readonly #hooks: SourcesHooks;
  readonly #turns = new Map<Source, Promise<void>>();

  constructor(hooks: SourcesHooks) {
    this.#hooks = hooks;
  }

  /** Done when they agree, or when nothing can be said for now; fails with what the server refuses. */
  settle(source: Source): Promise<void> {
    const before = this.#turns.get(source) ?? Promise.resolve();
    const turn = before.catch(() => {}).then(() => this.#settle(source));
    this.#turns.set(source, turn);
    return turn;
  }

  async #settle(source: Source): Promise<void> {
    for (let step = 0; step < MOST_STEPS && this.#hooks.isConnected(); step += 1) {
      const ask = this.#next(source);
      if (!ask) return;
      try {
        await this.#hooks.request(ask);
      } catch (error) {
        if (!(error instanceof ConferenceError) || !PASSING.has(error.code)) throw error;
      }
    }
  }

  /** What has to be said next; `null`: nothing. */
  #next(source: Source): Ask | null {
    const { track, muted } = this.#hooks.local(source);
    const own = ownTrack(this.#hooks.room(), toWire(source));
    if (!own) {
      const mid = this.#hooks.mid(source);
      return track && mid !== null ? { type: 'publish', source: toWire(source), mid, muted } : null;
    }
    if (!track) return { type: 'unpublish', track: own.id };
    return own.muted === muted ? null : { type: 'mute', track: own.id, muted };
  }
}

/** What happened in between: the next look knows better. */
const PASSING = new Set(['not_connected', 'already_published', 'no_such_track']);
