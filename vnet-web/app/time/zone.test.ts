import { afterEach, describe, expect, it } from 'vitest';
import { allZones, localZone, momentsOf, offsetName, toLocal } from './zone';

const iso = (text: string, zone: string) => momentsOf(text, zone)?.map((at) => new Date(at).toISOString());

describe('local times', () => {
  it.each([
    ['2026-11-22T10:00', 'Asia/Kolkata', '2026-11-22T04:30:00.000Z'],
    ['2026-11-22T10:00', 'Asia/Kathmandu', '2026-11-22T04:15:00.000Z'],
    ['2026-11-22T10:00', 'America/St_Johns', '2026-11-22T13:30:00.000Z'],
    ['2026-11-22T10:00', 'Africa/Nairobi', '2026-11-22T07:00:00.000Z'],
    ['2026-07-22T10:00', 'Europe/Berlin', '2026-07-22T08:00:00.000Z'],
    ['2026-11-22T10:00', 'Europe/Berlin', '2026-11-22T09:00:00.000Z'],
    ['2026-11-22T00:30', 'Pacific/Kiritimati', '2026-11-21T10:30:00.000Z'],
    ['2026-11-22T10:00', 'UTC', '2026-11-22T10:00:00.000Z'],
    ['2024-02-29T23:59', 'Pacific/Pago_Pago', '2024-03-01T10:59:00.000Z'],
  ])('%s in %s is %s', (text, zone, at) => {
    expect(iso(text, zone)).toEqual([at]);
    expect(toLocal(Date.parse(at), zone)).toBe(text);
  });

  it('do not exist where clocks are put forward', () => {
    expect(iso('2026-03-29T02:30', 'Europe/Berlin')).toEqual([]);
    expect(iso('2026-03-29T03:00', 'Europe/Berlin')).toEqual(['2026-03-29T01:00:00.000Z']);
    // By half an hour.
    expect(iso('2026-10-04T02:15', 'Australia/Lord_Howe')).toEqual([]);
  });

  it('exist twice where clocks are put back', () => {
    expect(iso('2026-10-25T02:30', 'Europe/Berlin')).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-25T01:30:00.000Z',
    ]);
    expect(iso('2026-11-01T01:00', 'America/New_York')).toHaveLength(2);
    expect(iso('2026-11-01T02:00', 'America/New_York')).toHaveLength(1);
  });

  it('lack a whole day where the date line moved', () => {
    expect(iso('2011-12-30T12:00', 'Pacific/Apia')).toEqual([]);
  });

  it('that are none are told apart', () => {
    for (const text of ['', 'x', '2026-13-01T10:00', '2026-02-30T10:00', '2026-02-03', '2026-02-03T24:00']) {
      expect(momentsOf(text, 'UTC'), text).toBeNull();
    }
    expect(momentsOf('2026-02-03T10:00:59', 'UTC')).toEqual([Date.UTC(2026, 1, 3, 10)]);
  });

  it('have their distance from UTC named', () => {
    expect(offsetName(Date.UTC(2026, 10, 1), 'Asia/Kolkata')).toBe('GMT+5:30');
    expect(offsetName(Date.UTC(2026, 6, 1), 'Europe/Berlin')).toBe('GMT+2');
  });
});

describe('the zone of the device', () => {
  const before = process.env.TZ;
  afterEach(() => {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  });

  it.each(['Asia/Kolkata', 'America/New_York', 'Pacific/Chatham'])(
    '%s agrees with the clock of the system',
    (zone) => {
      process.env.TZ = zone;
      for (const day of ['2026-01-15', '2026-07-15']) {
        expect(momentsOf(`${day}T10:00`, localZone())).toEqual([new Date(`${day}T10:00`).getTime()]);
      }
      expect(allZones()).toContain(localZone());
    },
  );
});
