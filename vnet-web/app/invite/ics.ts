/** Calendar files of one meeting (RFC 5545). */

export interface CalendarEvent {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly url: string;
  readonly organizer: string;
  /** Milliseconds since 1970. */
  readonly start: number;
  /** Open if `null`. */
  readonly end: number | null;
  /** When this file is written. */
  readonly now: number;
}

/** Minutes before the start at which calendars remind of it. */
const REMIND = 10;
/** Octets in a line, without its end (section 3.1). */
const LINE = 75;

const utc = (at: number): string => `${new Date(at).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;

/** A value of type TEXT (section 3.3.11); control characters have no place in it. */
function text(value: string): string {
  return value
    .replace(/[\\;,]/g, '\\$&')
    .replace(/\r\n|\r|\n/g, '\\n')
    .replace(/[^\P{Cc}\t]/gu, '');
}

/** A parameter in quotes (section 3.2): no quotes and no control characters inside. */
const parameter = (value: string): string => `"${value.replace(/["\p{Cc}]/gu, ' ').trim()}"`;

/** Breaks a line between characters, never inside one. */
function fold(line: string): string {
  const encoder = new TextEncoder();
  const lines: string[] = [];
  let current = '';
  let size = 0;
  for (const character of line) {
    const octets = encoder.encode(character).length;
    if (size + octets > LINE) {
      lines.push(current);
      // What goes on begins with a blank, which counts.
      current = ' ';
      size = 1;
    }
    current += character;
    size += octets;
  }
  return [...lines, current].join('\r\n');
}

/** The text of the file. */
export function calendarFile(event: CalendarEvent): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//VNET//Meetings//EN',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    'BEGIN:VEVENT',
    `UID:${text(event.uid)}`,
    `DTSTAMP:${utc(event.now)}`,
    `DTSTART:${utc(event.start)}`,
    ...(event.end === null ? [] : [`DTEND:${utc(event.end)}`]),
    `SUMMARY:${text(event.title)}`,
    `DESCRIPTION:${text(event.description)}`,
    `LOCATION:${text(event.url)}`,
    `URL:${event.url}`,
    `ORGANIZER;CN=${parameter(event.organizer)}:invalid:nomail`,
    'BEGIN:VALARM',
    'ACTION:DISPLAY',
    `TRIGGER:-PT${REMIND}M`,
    `DESCRIPTION:${text(event.title)}`,
    'END:VALARM',
    'END:VEVENT',
    'END:VCALENDAR',
  ];
  return `${lines.map(fold).join('\r\n')}\r\n`;
}

/** A name for the file that every system takes. */
export function calendarFileName(title: string): string {
  const name = title
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  return `${name || 'meeting'}.ics`;
}
