import { useTranslation } from 'react-i18next';
import type { Meeting } from '../api/client';
import { spellCode } from '../api/meeting-code';
import { fullName } from '../components/names';
import { useShell } from '../shell-context';
import { fullRange } from '../time/format';
import { calendarFile, calendarFileName } from './ics';

export interface Invite {
  /** The address to pass on. */
  link: (meeting: Meeting) => string;
  /** The whole invitation, for a mail or a chat. */
  text: (meeting: Meeting) => string;
  /** Offers the calendar file to be saved. */
  saveCalendar: (meeting: Meeting) => void;
}

export function useInvite(): Invite {
  const { t, i18n } = useTranslation();
  const { base } = useShell();
  const link = (meeting: Meeting) => new URL(`${base}conf/${meeting.meeting_id}/`, location.origin).href;
  const times = ({ start_time: start, end_time: end }: Meeting) =>
    [Date.parse(start), end ? Date.parse(end) : null] as const;

  const text = (meeting: Meeting) =>
    [
      t('home.inviteLead', { name: fullName(meeting.host) }),
      '',
      t('home.inviteTitle', { title: meeting.title }),
      t('home.inviteWhen', { when: fullRange(...times(meeting), i18n.language) }),
      t('home.inviteLink', { link: link(meeting) }),
      t('home.inviteCode', { code: spellCode(meeting.meeting_id) }),
    ].join('\n');

  const saveCalendar = (meeting: Meeting) => {
    const [start, end] = times(meeting);
    const file = calendarFile({
      uid: `${meeting.meeting_uuid}@${location.hostname}`,
      title: meeting.title,
      description: `${meeting.notes}\n\n${text(meeting)}`,
      url: link(meeting),
      organizer: fullName(meeting.host),
      start,
      end,
      now: Date.now(),
    });
    const url = URL.createObjectURL(new Blob([file], { type: 'text/calendar;charset=utf-8' }));
    const anchor = document.createElement('a');
    anchor.href = url;
    anchor.download = calendarFileName(meeting.title);
    anchor.click();
    // The browser has begun to read it when the next task runs.
    setTimeout(() => URL.revokeObjectURL(url), 0);
  };

  return { link, text, saveCalendar };
}
