import { describe, expect, it } from 'vitest';
import { type CalendarEvent, calendarFile, calendarFileName } from './ics';

const event: CalendarEvent = {
  uid: 'debecb84-ff59-49e2-9268-eabc4ba265ae@vnet.example',
  title: 'Plan; budget, "C:\\temp"',
  description: 'One\nTwo\r\nThree',
  url: 'https://vnet.example/meet/conf/abcdefghjk/',
  organizer: 'Ada "the" Byron',
  start: Date.UTC(2026, 10, 22, 10, 0),
  end: Date.UTC(2026, 10, 22, 10, 30),
  now: Date.UTC(2026, 10, 21, 9, 8, 7),
};

/** The lines as a reader sees them: put together again. */
const unfolded = (file: string) => file.replaceAll('\r\n ', '').split('\r\n');
const line = (name: string, of = event) => unfolded(calendarFile(of)).find((text) => text.startsWith(name));

describe('calendar files', () => {
  it('tell times in UTC', () => {
    expect(line('DTSTART')).toBe('DTSTART:20261122T100000Z');
    expect(line('DTEND')).toBe('DTEND:20261122T103000Z');
    expect(line('DTSTAMP')).toBe('DTSTAMP:20261121T090807Z');
  });

  it('leave an open end out', () => {
    expect(line('DTEND', { ...event, end: null })).toBeUndefined();
  });

  it('escape what has a meaning', () => {
    expect(line('SUMMARY')).toBe('SUMMARY:Plan\\; budget\\, "C:\\\\temp"');
    expect(line('DESCRIPTION')).toBe('DESCRIPTION:One\\nTwo\\nThree');
    expect(line('SUMMARY', { ...event, title: 'a\u0000b\tc\u009fd' })).toBe('SUMMARY:ab\tcd');
  });

  it('let nobody write lines of their own', () => {
    const evil = { ...event, title: 'x\r\nEND:VEVENT', organizer: 'x"\r\nATTENDEE:mailto:a@example.org' };
    const lines = unfolded(calendarFile(evil));
    expect(lines.filter((text) => text === 'END:VEVENT')).toHaveLength(1);
    expect(lines.some((text) => text.startsWith('ATTENDEE'))).toBe(false);
  });

  it('carry the link and a reminder', () => {
    expect(line('URL')).toBe(`URL:${event.url}`);
    const lines = unfolded(calendarFile(event));
    expect(lines.slice(lines.indexOf('BEGIN:VALARM'), lines.indexOf('END:VALARM'))).toContain(
      'TRIGGER:-PT10M',
    );
  });

  it('have lines of at most 75 octets, folded between characters', () => {
    const title = `${'ä'.repeat(80)}${'😀'.repeat(40)}`;
    const file = calendarFile({ ...event, title });
    const encoder = new TextEncoder();
    for (const folded of file.split('\r\n')) expect(encoder.encode(folded).length).toBeLessThanOrEqual(75);
    expect(unfolded(file)).toContain(`SUMMARY:${title}`);
    expect(file).not.toContain('\uFFFD');
  });

  it('end every line as the standard wants it', () => {
    const file = calendarFile(event);
    expect(file.endsWith('END:VCALENDAR\r\n')).toBe(true);
    expect(file.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });
});

it('files have names that every system takes', () => {
  expect(calendarFileName('Plan: Q1/Q2 & more')).toBe('Plan-Q1-Q2-more.ics');
  expect(calendarFileName('../..')).toBe('meeting.ics');
  expect(calendarFileName('Überblick')).toBe('Überblick.ics');
});
