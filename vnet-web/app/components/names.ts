import type { MeetingHost } from '../api/client';

type Names = Pick<MeetingHost, 'username' | 'first_name' | 'last_name' | 'meeting_name'>;

/** First and last name, else the username. */
export function fullName({ first_name: first, last_name: last, username }: Names): string {
  return `${first} ${last}`.trim() || username;
}

/** The name shown in meetings. */
export const shownName = (person: Names): string => person.meeting_name || fullName(person);
