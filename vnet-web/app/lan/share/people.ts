import { isPicture } from './channel';
import type { LanStream, ShareMember } from './types';
import type { Member, Report } from './wire';

/** How what is received comes, in one word, and how many pictures play. */
export function wayOf(received: readonly LanStream[]): Pick<Report, 'way' | 'streams'> {
  const playing = received.filter(({ state, source }) => state === 'playing' && isPicture(source));
  const ways = new Set(playing.map(({ way }) => way));
  const [only] = ways;
  const way = ways.size > 1 ? 'mixed' : (only ?? 'none');
  return { way, streams: playing.length };
}

/** Everybody in a share, as people see it. */
export function membersOf(
  members: readonly Member[],
  self: number,
  reports: ReadonlyMap<number, Report>,
): ShareMember[] {
  return members.map(({ device, name, viewer, parent, depth }) => {
    const report = reports.get(device);
    const way = report && report.way !== 'none' ? report.way : null;
    return {
      device,
      name,
      viewer,
      parent,
      depth,
      isSelf: device === self,
      way,
      streams: report?.streams ?? 0,
      bytes: report?.bytes ?? 0,
    };
  });
}

/** The old list, or a new one with the old objects, as far as they are the same. */
export function sameItems<T extends object>(before: readonly T[], now: readonly T[]): readonly T[] {
  const kept = now.map((one) => before.find((old) => isSame(old, one)) ?? one);
  return kept.length === before.length && kept.every((one, at) => one === before[at]) ? before : kept;
}

const isSame = <T extends object>(one: T, other: T): boolean =>
  one === other || (Object.keys(other) as (keyof T)[]).every((key) => one[key] === other[key]);
