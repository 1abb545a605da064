import { ActionIcon, Button } from '@mantine/core';
import { IconCalendarDown, IconCheck, IconCopy, IconPencil, IconTrash } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Meeting } from '../../api/client';
import { spellCode } from '../../api/meeting-code';
import { useCopy } from '../../invite/use-copy';
import { useInvite } from '../../invite/use-invite';
import { relative, timeRange } from '../../time/format';
import { DeleteMeeting } from './delete-meeting';
import classes from './home.module.css';

interface Props {
  readonly meeting: Meeting;
  readonly now: number;
  readonly state: 'running' | 'upcoming' | 'past';
}

/** Milliseconds before the start from which it is told when. */
const SOON = 12 * 3_600_000;

/** One of one's own meetings, with everything one can do with it. */
export function MeetingRow({ meeting, now, state }: Props) {
  const { t } = useTranslation();
  const invite = useInvite();
  const { isDone, copy, said } = useCopy();
  const [isDeleting, setDeleting] = useState(false);
  const { title, meeting_id: code } = meeting;
  const to = `/conf/${code}/`;
  return (
    <li className={classes.row}>
      <div className={classes.about}>
        <Link className={classes.name} to={to}>
          {title}
        </Link>
        <span className={classes.facts}>
          <When meeting={meeting} now={now} state={state} />
          <span>
            {t('home.code')} <span className={classes.spelled}>{spellCode(code)}</span>
          </span>
          {said}
        </span>
      </div>
      <div className={classes.actions}>
        <Action label={t('home.copyInvite', { title })} onClick={() => copy(invite.text(meeting))}>
          {isDone ? <IconCheck size={20} aria-hidden="true" /> : <IconCopy size={20} aria-hidden="true" />}
        </Action>
        {state !== 'past' && (
          <>
            <Action label={t('home.calendar', { title })} onClick={() => invite.saveCalendar(meeting)}>
              <IconCalendarDown size={20} aria-hidden="true" />
            </Action>
            <ActionIcon
              component={Link}
              to={`/edit/${code}/`}
              variant="subtle"
              aria-label={t('home.edit', { title })}
              title={t('home.edit', { title })}
            >
              <IconPencil size={20} aria-hidden="true" />
            </ActionIcon>
          </>
        )}
        <Action label={t('home.delete', { title })} onClick={() => setDeleting(true)}>
          <IconTrash size={20} aria-hidden="true" />
        </Action>
        <Button
          component={Link}
          to={to}
          size="sm"
          variant={state === 'running' ? 'filled' : 'default'}
          aria-label={t(state === 'running' ? 'home.enterNamed' : 'home.openNamed', { title })}
        >
          {t(state === 'running' ? 'home.enter' : 'home.open')}
        </Button>
      </div>
      {isDeleting && <DeleteMeeting meeting={meeting} onClose={() => setDeleting(false)} />}
    </li>
  );
}

/** When it is, and how far away that is. */
function When({ meeting, now, state }: Props) {
  const { t, i18n } = useTranslation();
  const start = Date.parse(meeting.start_time);
  const end = meeting.end_time ? Date.parse(meeting.end_time) : null;
  const isSoon = state === 'upcoming' && start - now < SOON;
  return (
    <>
      <time dateTime={meeting.start_time}>
        {timeRange(start, end, i18n.language)}
        {end === null && state !== 'past' && ` – ${t('home.openEnd')}`}
      </time>
      {isSoon && <span className={classes.soon}>{relative(start, i18n.language, now)}</span>}
      {state === 'running' && (
        <span className={classes.soon}>{t('home.since', { when: relative(start, i18n.language, now) })}</span>
      )}
    </>
  );
}

interface ActionProps {
  readonly label: string;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

function Action({ label, onClick, children }: ActionProps) {
  return (
    <ActionIcon variant="subtle" aria-label={label} title={label} onClick={onClick}>
      {children}
    </ActionIcon>
  );
}
