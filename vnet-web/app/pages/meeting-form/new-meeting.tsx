import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import type { NewMeeting } from '../../api/client';
import { useCreateMeeting } from '../../api/queries';
import { useTitle } from '../../components/use-title';
import { localZone } from '../../time/zone';
import { Created } from './created';
import { MeetingForm } from './meeting-form';
import classes from './meeting-form.module.css';
import { firstValues } from './values';

/** Schedules a meeting, and shows what to pass on. */
export function Component() {
  const { t } = useTranslation();
  useTitle(t('form.newTitle'));
  const navigate = useNavigate();
  const create = useCreateMeeting();
  const [initial, setInitial] = useState(() => firstValues(Date.now(), localZone()));

  const send = (body: NewMeeting, isNow: boolean) =>
    create.mutate(body, {
      onSuccess: (meeting) => (isNow ? navigate(`/conf/${meeting.meeting_id}/`) : scrollTo(0, 0)),
    });
  const again = () => {
    setInitial(firstValues(Date.now(), localZone()));
    create.reset();
  };

  if (create.data) return <Created meeting={create.data} onAnother={again} />;
  return (
    <div className={classes.page}>
      <Crumbs here={t('form.newHead')} />
      <h1>{t('form.newHead')}</h1>
      <MeetingForm
        initial={initial}
        canStartNow
        submit={({ now }) => t(now ? 'form.createAndOpen' : 'form.create')}
        busy={create.isPending}
        error={create.error}
        failed={t('form.failed')}
        onSubmit={send}
        cancel={<Cancel />}
      />
    </div>
  );
}

export function Crumbs({ here }: { here: string }) {
  const { t } = useTranslation();
  return (
    <p className={classes.crumbs}>
      <Link to="/">{t('common.home')}</Link> / {here}
    </p>
  );
}

export function Cancel() {
  const { t } = useTranslation();
  return (
    <Button component={Link} to="/" variant="default">
      {t('common.cancel')}
    </Button>
  );
}
