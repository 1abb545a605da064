import { Button } from '@mantine/core';
import { IconCalendarDown, IconCheck, IconCopy, IconVideo } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Meeting } from '../../api/client';
import { spellCode } from '../../api/meeting-code';
import { Card } from '../../components/card';
import { useCopy } from '../../invite/use-copy';
import { useInvite } from '../../invite/use-invite';
import { fullRange } from '../../time/format';
import classes from './meeting-form.module.css';

interface Props {
  readonly meeting: Meeting;
  readonly onAnother: () => void;
}

/** A meeting that was just scheduled, with everything one passes on. */
export function Created({ meeting, onAnother }: Props) {
  const { t } = useTranslation();
  const head = useRef<HTMLHeadingElement>(null);
  // The page has changed as a whole: whoever listens is told.
  useEffect(() => head.current?.focus(), []);
  return (
    <div className={classes.page}>
      <div className={classes.done}>
        <h1 ref={head} tabIndex={-1}>
          {t('form.created')}
        </h1>
        <p className={classes.muted}>{t('form.createdHelp')}</p>
      </div>
      <Card>
        <Invitation meeting={meeting} />
        <div className={classes.buttons}>
          <Button
            component={Link}
            to={`/conf/${meeting.meeting_id}/`}
            leftSection={<IconVideo size={20} aria-hidden="true" />}
          >
            {t('form.openMeeting')}
          </Button>
          <Button component={Link} to="/" variant="default">
            {t('common.backHome')}
          </Button>
          <Button variant="subtle" onClick={onAnother}>
            {t('form.another')}
          </Button>
        </div>
      </Card>
    </div>
  );
}

/** Title, time, link and code of a meeting, to copy and to save. */
export function Invitation({ meeting }: { meeting: Meeting }) {
  const { t, i18n } = useTranslation();
  const invite = useInvite();
  const { isDone, copy, said } = useCopy();
  const end = meeting.end_time ? Date.parse(meeting.end_time) : null;
  const link = invite.link(meeting);
  const facts = [
    [t('form.name'), meeting.title],
    [t('form.when'), fullRange(Date.parse(meeting.start_time), end, i18n.language)],
    [
      t('form.link'),
      <a key="link" href={link}>
        {link}
      </a>,
    ],
    [
      t('home.code'),
      <span key="code" className={classes.code}>
        {spellCode(meeting.meeting_id)}
      </span>,
    ],
  ] as const;
  return (
    <>
      <dl className={classes.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <div className={classes.buttons}>
        <Button
          variant="light"
          leftSection={
            isDone ? <IconCheck size={20} aria-hidden="true" /> : <IconCopy size={20} aria-hidden="true" />
          }
          onClick={() => copy(invite.text(meeting))}
        >
          {t('form.copy')}
        </Button>
        <Button
          variant="light"
          leftSection={<IconCalendarDown size={20} aria-hidden="true" />}
          onClick={() => invite.saveCalendar(meeting)}
        >
          {t('form.calendar')}
        </Button>
        {said}
      </div>
    </>
  );
}
