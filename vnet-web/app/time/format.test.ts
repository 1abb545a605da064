import { expect, it } from 'vitest';
import { amountOf, daysFrom, lengthOf, relative, timeRange } from './format';

const at = (text: string) => new Date(text).getTime();

it('lengths are told in their two largest units', () => {
  expect(lengthOf(42_400, 'en')).toBe('42 sec');
  expect(lengthOf(60_000, 'en')).toBe('1 min');
  expect(lengthOf(3_900_000, 'en')).toBe('1 hr 5 min');
  expect(lengthOf(7_200_000, 'en')).toBe('2 hr');
  expect(lengthOf(-5, 'en')).toBe('0 sec');
});

it('amounts are told in a fitting unit', () => {
  expect(amountOf(0, 'en')).toBe('0 byte');
  expect(amountOf(999, 'en')).toBe('999 byte');
  expect(amountOf(1_234_567, 'en')).toBe('1.2 MB');
  expect(amountOf(123_456_789, 'en')).toBe('123 MB');
  expect(amountOf(5e9, 'de')).toMatch(/^5\sGB$/);
});

it('days are those of the calendar', () => {
  expect(daysFrom(at('2026-11-22T23:59'), at('2026-11-23T00:01'))).toBe(1);
  expect(daysFrom(at('2026-11-22T00:01'), at('2026-11-22T23:59'))).toBe(0);
  expect(daysFrom(at('2026-11-22T12:00'), at('2026-11-21T12:00'))).toBe(-1);
});

it('distances are told in words', () => {
  const now = at('2026-11-22T12:00');
  expect(relative(now + 15 * 60_000, 'en', now)).toBe('in 15 minutes');
  expect(relative(now - 2 * 3_600_000, 'en', now)).toBe('2 hours ago');
});

it('a range over midnight names its days', () => {
  expect(timeRange(at('2026-11-22T10:00'), at('2026-11-22T10:30'), 'en-GB')).toMatch(/^10:00.+10:30$/);
  expect(timeRange(at('2026-11-22T23:30'), at('2026-11-23T00:30'), 'en-GB')).toContain('23 Nov');
});
