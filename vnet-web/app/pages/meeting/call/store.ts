import { useRef, useSyncExternalStore } from 'react';

/** What can be read now and watched. */
export interface Readable<T> {
  readonly get: () => T;
  readonly subscribe: (listener: () => void) => () => void;
}

/** A value that many components look at, each at its own part of it. */
export class Store<T> implements Readable<T> {
  #value: T;
  readonly #listeners = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }

  readonly get = (): T => this.#value;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of [...this.#listeners]) listener();
  }

  /** Replaces parts of an object. */
  update(change: Partial<T>): void {
    this.set({ ...this.#value, ...change });
  }
}

/** Part of a store; the component is drawn again only when that part is another by `equal`. */
export function useSelected<T, S>(
  store: Readable<T>,
  select: (value: T) => S,
  equal: (one: S, other: S) => boolean = Object.is,
): S {
  const kept = useRef<{ readonly part: S } | null>(null);
  const read = () => {
    const part = select(store.get());
    if (kept.current && equal(kept.current.part, part)) return kept.current.part;
    kept.current = { part };
    return part;
  };
  return useSyncExternalStore(store.subscribe, read, read);
}

/** Whether two objects have the same values under the same names. */
export function shallow<T extends object>(one: T, other: T): boolean {
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length) return false;
  return names.every((name) => Object.is(one[name as keyof T], other[name as keyof T]));
}

export function sameList<T>(one: readonly T[], other: readonly T[]): boolean {
  return one.length === other.length && one.every((item, at) => Object.is(item, other[at]));
}
