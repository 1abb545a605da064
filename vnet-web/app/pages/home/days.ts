import { useTranslation } from 'react-i18next';
import type { Meeting } from '../../api/client';
import { dayName, daysFrom } from '../../time/format';

/** Meetings by the day of their start, in their order; a day is its midnight. */
export function byDay(meetings: readonly Meeting[]): [day: number, meetings: Meeting[]][] {
  const days = new Map<number, Meeting[]>();
  for (const meeting of meetings) {
    const day = new Date(meeting.start_time).setHours(0, 0, 0, 0);
    const list = days.get(day) ?? [];
    list.push(meeting);
    days.set(day, list);
  }
  return [...days];
}

/** Names days: today, tomorrow, yesterday, else by the calendar. */
export function useDayWords(now: number): (day: number) => string {
  const { t, i18n } = useTranslation();
  return (day) => {
    const name = dayName(day, i18n.language, now);
    const distance = daysFrom(now, day);
    if (distance === 0) return `${t('home.today')} · ${name}`;
    if (distance === 1) return `${t('home.tomorrow')} · ${name}`;
    return distance === -1 ? `${t('home.yesterday')} · ${name}` : name;
  };
}
