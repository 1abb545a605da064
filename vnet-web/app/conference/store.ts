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
  readonly #listeners = new Set<() => void>();
  readonly #handlers = new Map<keyof ConferenceEvents, Set<(event: never) => void>>();

  get snapshot(): ConferenceSnapshot {
    return this.#snapshot;
  }

  /** Replaces parts of the snapshot and tells everybody. */
  update(change: Partial<ConferenceSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
    for (const listener of [...this.#listeners]) listener();
  }

  updateLocal(source: Source, change: Partial<LocalSource>): void {
    const { local } = this.#snapshot;
    this.update({ local: { ...local, [source]: { ...local[source], ...change } } });
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  on<Name extends keyof ConferenceEvents>(
    name: Name,
    handler: (event: ConferenceEvents[Name]) => void,
  ): () => void {
    const handlers = this.#handlers.get(name) ?? new Set();
    handlers.add(handler as (event: never) => void);
    this.#handlers.set(name, handlers);
    return () => handlers.delete(handler as (event: never) => void);
  }

  emit<Name extends keyof ConferenceEvents>(name: Name, event: ConferenceEvents[Name]): void {
    for (const handler of [...(this.#handlers.get(name) ?? [])]) handler(event as never);
  }
}
