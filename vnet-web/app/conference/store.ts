import type { ConferenceEvents, ConferenceSnapshot, LocalSource, Source } from './conference';

const NOTHING: LocalSource = { track: null, muted: false };

/** A meeting before anything happened in it. */
export const BEFORE: ConferenceSnapshot = {
  state: { kind: 'idle' },
  self: null,
  participants: [],
  streams: [],
  local: { microphone: NOTHING, camera: NOTHING, screen: NOTHING, screenAudio: NOTHING },
  dominant: null,
  chat: [],
  waiting: [],
  meeting: { locked: false, lobby: false, startedAt: null },
};

/** Keeps the snapshot of a conference and tells its listeners; every provider has one. */
export class ConferenceStore {
  #snapshot = BEFORE;
  #ended = false;
  readonly #listeners = new Set<() => void>();
  readonly #handlers = new Map<keyof ConferenceEvents, Set<(event: never) => void>>();

  get snapshot(): ConferenceSnapshot {
    return this.#snapshot;
  }

  /** Replaces parts of the snapshot and tells everybody; nothing is told when nothing is another. */
  update(change: Partial<ConferenceSnapshot>): void {
    const before = this.#snapshot;
    const parts = Object.keys(change) as (keyof ConferenceSnapshot)[];
    if (this.#ended || parts.every((part) => before[part] === change[part])) return;
    this.#snapshot = { ...before, ...change };
    for (const listener of [...this.#listeners]) {
      if (this.#listeners.has(listener)) call(listener);
    }
  }

  updateLocal(source: Source, change: Partial<LocalSource>): void {
    const { local } = this.#snapshot;
    const { track = local[source].track, muted = local[source].muted } = change;
    if (track === local[source].track && muted === local[source].muted) return;
    this.update({ local: { ...local, [source]: { track, muted } } });
  }

  /** The last change: afterwards nothing is told any more. */
  end(change: Partial<ConferenceSnapshot>): void {
    this.update(change);
    this.#ended = true;
  }

  subscribe(listener: () => void): () => void {
    // Each call counts for itself, also for the same function.
    const own = () => listener();
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  on<Name extends keyof ConferenceEvents>(
    name: Name,
    handler: (event: ConferenceEvents[Name]) => void,
  ): () => void {
    const own = (event: ConferenceEvents[Name]) => handler(event);
    const handlers = this.#handlers.get(name) ?? new Set();
    handlers.add(own as (event: never) => void);
    this.#handlers.set(name, handlers);
    return () => handlers.delete(own as (event: never) => void);
  }

  emit<Name extends keyof ConferenceEvents>(name: Name, event: ConferenceEvents[Name]): void {
    if (this.#ended) return;
    const handlers = this.#handlers.get(name);
    for (const handler of [...(handlers ?? [])]) {
      if (handlers?.has(handler)) call(() => handler(event as never));
    }
  }
}

/** What a listener throws is reported, and neither the others nor the conference suffer. */
function call(listener: () => void): void {
  try {
    listener();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
