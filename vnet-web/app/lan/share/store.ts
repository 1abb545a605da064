import { IDLE } from './idle';
import type { ShareState } from './types';

/** Keeps the state of a share, and tells who listens. */
export class ShareStore {
  readonly #listeners = new Set<() => void>();
  #state: ShareState = IDLE;
  #ended = false;

  get state(): ShareState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    // Each call counts for itself, also for the same function.
    const own = () => listener();
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  /** Replaces parts; nothing is told when nothing is another. */
  become(change: Partial<ShareState>): void {
    const before = this.#state;
    const parts = Object.keys(change) as (keyof ShareState)[];
    if (this.#ended || parts.every((part) => before[part] === change[part])) return;
    this.#state = { ...before, ...change };
    this.tell();
  }

  tell(): void {
    if (this.#ended) return;
    for (const listener of [...this.#listeners]) listener();
  }

  /** Nothing changes any more. */
  end(): void {
    this.#ended = true;
    this.#listeners.clear();
  }
}
