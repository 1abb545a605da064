import { describe, expect, it } from 'vitest';
import {
  endOf,
  faultsOf,
  firstValues,
  lengthIn,
  toWire,
  type Values,
  valuesOf,
  withLength,
  withStart,
  withZone,
} from './values';

const NOW = Date.UTC(2026, 10, 22, 9, 7, 30);
const good: Values = { ...firstValues(NOW, 'Asia/Kolkata'), title: 'Plan', notes: 'All' };

describe('a new form', () => {
  it('begins at the next full quarter and lasts half an hour', () => {
    expect(firstValues(NOW, 'UTC')).toMatchObject({ start: '2026-11-22T09:15', end: '2026-11-22T09:45' });
    expect(firstValues(Date.UTC(2026, 11, 31, 23, 50), 'UTC').start).toBe('2027-01-01T00:00');
  });

  it('sends the day of the month, and offsets with halves', () => {
    expect(good.start).toBe('2026-11-22T14:45');
    expect(toWire(good, NOW)).toEqual({
      title: 'Plan',
      notes: 'All',
      start_time: '2026-11-22T09:15:00.000Z',
      end_time: '2026-11-22T09:45:00.000Z',
    });
  });

  it('that starts now keeps its length', () => {
    expect(toWire({ ...good, now: true }, NOW)).toMatchObject({
      start_time: '2026-11-22T09:07:30.000Z',
      end_time: '2026-11-22T09:37:30.000Z',
    });
    expect(toWire({ ...good, now: true, end: '' }, NOW).end_time).toBeNull();
  });

  it('may have an open end', () => {
    expect(faultsOf({ ...good, end: '' })).toEqual({});
    expect(toWire({ ...good, end: '' }, NOW).end_time).toBeNull();
  });
});

describe('what is wrong is told by field', () => {
  it.each([
    [{ title: ' ' }, { title: 'required' }],
    [{ notes: '' }, { notes: 'required' }],
    [{ title: 'x'.repeat(101) }, { title: 'tooLong' }],
    [{ notes: 'x'.repeat(10_001) }, { notes: 'tooLong' }],
    [{ start: '' }, { start: 'noTime' }],
    [{ end: '2026-11-22T14:45' }, { end: 'order' }],
    [{ end: '2026-11-22T14:30' }, { end: 'order' }],
    [{ end: '2026-11-22T14:46' }, {}],
    [{ start: '', end: '2026-11-22T14:30', now: true }, {}],
    [{ zone: 'Europe/Berlin', start: '2026-03-29T02:30', end: '2026-03-29T03:30' }, { start: 'skipped' }],
  ])('%j: %j', (change, faults) => {
    expect(faultsOf({ ...good, ...change })).toEqual(faults);
  });

  it('a title of 100 characters of four octets is not too long', () => {
    expect(faultsOf({ ...good, title: '😀'.repeat(100) })).toEqual({});
  });
});

describe('where clocks are put back', () => {
  const night: Values = {
    ...good,
    zone: 'Europe/Berlin',
    start: '2026-10-25T02:30',
    end: '2026-10-25T02:45',
  };

  it('the first time is meant until the second is chosen', () => {
    expect(toWire(night, NOW).start_time).toBe('2026-10-25T00:30:00.000Z');
    const second = { ...night, startSecond: true, endSecond: true };
    expect(toWire(second, NOW).start_time).toBe('2026-10-25T01:30:00.000Z');
    expect(lengthIn(second)).toBe(15);
  });

  it('the end cannot lie in the first time when the start lies in the second', () => {
    expect(faultsOf({ ...night, startSecond: true })).toEqual({ end: 'order' });
  });

  it('a meeting that is stored comes back as it was', () => {
    for (const at of ['2026-10-25T00:30:00+00:00', '2026-10-25T01:30:00+00:00']) {
      const stored = { title: 'a', notes: 'b', start_time: at, end_time: null };
      const { start_time } = toWire(valuesOf(stored, 'Europe/Berlin'), NOW);
      expect(Date.parse(start_time)).toBe(Date.parse(at));
    }
  });

  it('a length over the change is a length of time, not of the clock', () => {
    const long = withLength({ ...night, end: '' }, 90);
    expect(long).toMatchObject({ end: '2026-10-25T03:00', endSecond: false });
    const short = withLength({ ...night, start: '2026-10-25T02:45' }, 30);
    expect(short).toMatchObject({ end: '2026-10-25T02:15', endSecond: true });
    expect(lengthIn(short)).toBe(30);
  });
});

describe('changes', () => {
  it('of the start keep the length', () => {
    const moved = withStart(good, '2026-12-31T23:50');
    expect(moved.end).toBe('2027-01-01T00:20');
    expect(withStart({ ...good, end: '' }, '2026-12-31T23:50').end).toBe('');
    expect(withStart(good, '').end).toBe(good.end);
  });

  it('of the zone keep what was typed', () => {
    const there = withZone(good, 'America/New_York');
    expect(there.start).toBe(good.start);
    expect(new Date(endOf(there) ?? 0).toISOString()).toBe('2026-11-22T20:15:00.000Z');
  });
});
