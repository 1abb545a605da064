/** Local times of a zone, as `<input type="datetime-local">` writes them, and the moments that they are. */

/** The zone of this device. */
export const localZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** All zones that this browser knows. */
export function allZones(): string[] {
  const known = Intl.supportedValuesOf('timeZone');
  const local = localZone();
  const all = new Set([local, 'UTC', ...known]);
  return [...all].sort((a, b) => a.localeCompare(b, 'en'));
}

const pad = (number: number, digits = 2): string => String(number).padStart(digits, '0');

/** What clocks in `zone` show at a moment, as if it were UTC: milliseconds, minutes exact. */
function wallClock(at: number, zone: string): number {
  const format = new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
}

/** A moment as clocks in `zone` show it: `2026-11-01T10:00`. */
export function toLocal(at: number, zone: string): string {
  const clock = new Date(wallClock(at, zone));
  const day = `${pad(clock.getUTCFullYear(), 4)}-${pad(clock.getUTCMonth() + 1)}-${pad(clock.getUTCDate())}`;
  return `${day}T${pad(clock.getUTCHours())}:${pad(clock.getUTCMinutes())}`;
}

const LOCAL = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::\d{2}(?:\.\d+)?)?$/;
const DAY = 86_400_000;

/**
 * The moments at which clocks in `zone` show a time, in their order: usually one; two when clocks are put
 * back over it; none when they are put forward over it. `null`: that is no time.
 */
export function momentsOf(text: string, zone: string): number[] | null {
  const [, ...fields] = LOCAL.exec(text) ?? [];
  const [year, month, day, hour, minute] = fields.map(Number);
  if (year === undefined || month === undefined) return null;
  const clock = Date.UTC(year, month - 1, day, hour, minute);
  if (new Date(clock).toISOString().slice(0, 16) !== text.slice(0, 16)) return null;
  // Offsets before and after any change of the clocks that may be near.
  const offsets = [clock - DAY, clock + DAY].map((near) => wallClock(near, zone) - near);
  const candidates = new Set(offsets.map((offset) => clock - offset));
  return [...candidates].filter((at) => wallClock(at, zone) === clock).sort((a, b) => a - b);
}

/** The distance of a zone from UTC at a moment, in words: `GMT+5:30`. */
export function offsetName(at: number, zone: string, language = 'en'): string {
  const format = new Intl.DateTimeFormat(language, { timeZone: zone, timeZoneName: 'shortOffset' });
  return format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
}

/** A name for people: `Europe/Berlin`, `America/New York`. */
export const zoneName = (zone: string): string => zone.replaceAll('_', ' ');
