/** Times in words, in the language of the page and the zone of this device. */

const format = (language: string, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(language, options);

/** `Monday, 23 November`; the year too when it is another. */
export function dayName(at: number, language: string, now: number): string {
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return format(language, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(sameYear ? {} : { year: 'numeric' }),
  }).format(at);
}

/** `10:00 – 10:30`; with the days where it goes over midnight. */
export function timeRange(start: number, end: number | null, language: string): string {
  const isSameDay = end === null || new Date(start).toDateString() === new Date(end).toDateString();
  const day = isSameDay ? {} : ({ weekday: 'short', day: 'numeric', month: 'short' } as const);
  const range = format(language, { hour: 'numeric', minute: '2-digit', ...day });
  return end === null ? range.format(start) : range.formatRange(start, end);
}

/** Everything: `Mon, 23 Nov 2026, 10:00 – 10:30 GMT+1`, in any zone. */
export function fullRange(start: number, end: number | null, language: string, zone?: string): string {
  const range = format(language, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
    ...(zone ? { timeZone: zone } : {}),
  });
  return end === null ? range.format(start) : range.formatRange(start, end);
}

const DAY = 86_400_000;

/** The whole days of the calendar from `now` to `at`: 0 today, 1 tomorrow, −1 yesterday. */
export function daysFrom(now: number, at: number): number {
  const midnight = (time: number) => new Date(time).setHours(0, 0, 0, 0);
  return Math.round((midnight(at) - midnight(now)) / DAY);
}

/** `in 15 minutes`, `5 minutes ago`. */
export function relative(at: number, language: string, now: number): string {
  const minutes = Math.round((at - now) / 60_000);
  const words = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  if (Math.abs(minutes) < 60) return words.format(minutes, 'minute');
  const hours = Math.round(minutes / 60);
  return Math.abs(hours) < 24 ? words.format(hours, 'hour') : words.format(Math.round(hours / 24), 'day');
}

/** A length: `1 hr, 5 min`, seconds below a minute. */
export function lengthOf(ms: number, language: string): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const unit = (value: number, of: 'hour' | 'minute' | 'second') =>
    new Intl.NumberFormat(language, { style: 'unit', unit: of, unitDisplay: 'short' }).format(value);
  if (seconds < 60) return unit(seconds, 'second');
  const minutes = Math.floor(seconds / 60);
  const parts = minutes < 60 ? [] : [unit(Math.floor(minutes / 60), 'hour')];
  if (minutes % 60 > 0 || parts.length === 0) parts.push(unit(minutes % 60, 'minute'));
  return new Intl.ListFormat(language, { style: 'narrow', type: 'unit' }).format(parts);
}

/** An amount of data, in thousands as networks count: `1.2 MB`. */
export function amountOf(bytes: number, language: string): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  const value = bytes / 1000 ** step;
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: units[step] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: step > 0 && value < 100 ? 1 : 0,
  }).format(value);
}
