import type { Participant } from '../conference';

/** The same objects for what did not change, so that only that is drawn anew. */
export function kept<T extends { readonly id: string }>(
  before: readonly T[],
  now: readonly T[],
): readonly T[] {
  const known = new Map(before.map((one) => [one.id, one]));
  const next = now.map((one) => {
    const same = known.get(one.id);
    return same && alike(same, one) ? same : one;
  });
  return next.length === before.length && next.every((one, index) => one === before[index]) ? before : next;
}

function alike<T extends object>(one: T, other: T): boolean {
  const keys = Object.keys(other) as (keyof T)[];
  return keys.every((key) => one[key] === other[key]);
}

/** What happened between two lists of participants. */
export function changesOf(before: readonly Participant[], now: readonly Participant[]) {
  const then = new Map(before.map((one) => [one.id, one]));
  const after = new Set(now.map((one) => one.id));
  return {
    came: now.filter((one) => !then.has(one.id)),
    went: before.filter((one) => !after.has(one.id)),
    hands: now.filter((one) => then.get(one.id) !== undefined && then.get(one.id)?.hand !== one.hand),
  };
}
