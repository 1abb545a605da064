import type { NewMeeting } from '../../api/client';
import { momentsOf, toLocal } from '../../time/zone';

/** What stands in the form. */
export interface Values {
  readonly title: string;
  readonly notes: string;
  /** As `datetime-local` writes it, in `zone`. */
  readonly start: string;
  /** Empty: open. */
  readonly end: string;
  readonly zone: string;
  /** Which of two moments is meant where clocks are put back. */
  readonly startSecond: boolean;
  readonly endSecond: boolean;
  readonly now: boolean;
}

export type Field = 'title' | 'notes' | 'start' | 'end';
/** What is wrong, by field. */
export type Faults = Partial<Record<Field, 'required' | 'tooLong' | 'noTime' | 'skipped' | 'order'>>;

/** What the server takes: characters. */
export const LIMITS = { title: 100, notes: 10_000 } as const;
export const LENGTHS = [15, 30, 45, 60, 90, 120] as const;

const MINUTE = 60_000;
const QUARTER = 15 * MINUTE;

/** A form to begin with: half an hour from the next full quarter. */
export function firstValues(now: number, zone: string): Values {
  const start = Math.ceil((now + MINUTE) / QUARTER) * QUARTER;
  return {
    title: '',
    notes: '',
    start: toLocal(start, zone),
    end: toLocal(start + 2 * QUARTER, zone),
    zone,
    startSecond: false,
    endSecond: false,
    now: false,
  };
}

/** The form of a meeting that there is. */
export function valuesOf(meeting: NewMeeting, zone: string): Values {
  const second = (text: string | null | undefined): boolean => {
    const at = Date.parse(text ?? '');
    return Number.isFinite(at) && momentsOf(toLocal(at, zone), zone)?.[1] === floorMinute(at);
  };
  return {
    title: meeting.title,
    notes: meeting.notes,
    start: toLocal(Date.parse(meeting.start_time), zone),
    end: meeting.end_time ? toLocal(Date.parse(meeting.end_time), zone) : '',
    zone,
    startSecond: second(meeting.start_time),
    endSecond: second(meeting.end_time),
    now: false,
  };
}

const floorMinute = (at: number): number => Math.floor(at / MINUTE) * MINUTE;

/** The moment that is meant; `null`: there is none. */
export function momentOf(text: string, isSecond: boolean, zone: string): number | null {
  const [first, second] = momentsOf(text, zone) ?? [];
  return (isSecond ? second : undefined) ?? first ?? null;
}

export const startOf = ({ start, startSecond, zone }: Values): number | null =>
  momentOf(start, startSecond, zone);

export const endOf = ({ end, endSecond, zone }: Values): number | null => momentOf(end, endSecond, zone);

/** Minutes from the start to the end; `null`: one of them is open or wrong. */
export function lengthIn(values: Values): number | null {
  const [start, end] = [startOf(values), endOf(values)];
  return start === null || end === null ? null : Math.round((end - start) / MINUTE);
}

/** The same form, so many minutes long. */
export function withLength(values: Values, minutes: number): Values {
  const start = startOf(values);
  if (start === null) return values;
  const end = start + minutes * MINUTE;
  const text = toLocal(end, values.zone);
  return { ...values, end: text, endSecond: momentsOf(text, values.zone)?.[1] === end };
}

/** The same form with another start: its length stays. */
export function withStart(values: Values, start: string): Values {
  const length = lengthIn(values);
  const moved = { ...values, start, startSecond: false };
  return length !== null && length > 0 ? withLength(moved, length) : moved;
}

/** The same moments in another zone. */
export function withZone(values: Values, zone: string): Values {
  // What was typed stays: who chooses the zone last means the times in it.
  return { ...values, zone, startSecond: false, endSecond: false };
}

/** What is wrong before the server is asked. */
export function faultsOf(values: Values): Faults {
  const faults: Faults = {};
  for (const name of ['title', 'notes'] as const) {
    const text = values[name].trim();
    if (!text) faults[name] = 'required';
    else if ([...text].length > LIMITS[name]) faults[name] = 'tooLong';
  }
  const start = values.now ? null : timeFault(values.start, values.zone);
  const end = values.end ? timeFault(values.end, values.zone) : null;
  if (start) faults.start = start;
  if (end && !values.now) faults.end = end;
  const length = lengthIn(values);
  if (!values.now && length !== null && length <= 0) faults.end = 'order';
  return faults;
}

function timeFault(text: string, zone: string): 'noTime' | 'skipped' | null {
  const moments = momentsOf(text, zone);
  if (moments === null) return 'noTime';
  return moments.length === 0 ? 'skipped' : null;
}

/** What is sent. Only for values without faults. */
export function toWire(values: Values, now: number): NewMeeting {
  const length = lengthIn(values);
  const start = values.now ? now : (startOf(values) ?? now);
  const lasts = values.now && length !== null && length > 0 ? start + length * MINUTE : null;
  const end = values.now ? lasts : endOf(values);
  return {
    title: values.title.trim(),
    notes: values.notes.trim(),
    start_time: new Date(start).toISOString(),
    end_time: end === null ? null : new Date(end).toISOString(),
  };
}

/** Fields as the server names them. */
export const FIELD_OF: Readonly<Record<string, Field>> = {
  title: 'title',
  notes: 'notes',
  start_time: 'start',
  end_time: 'end',
};
