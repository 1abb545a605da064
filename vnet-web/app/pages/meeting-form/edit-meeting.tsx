import { Button } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import { useApi } from '../../api/api-context';
import { ApiError, type Meeting } from '../../api/client';
import { readCode } from '../../api/meeting-code';
import { meetingQuery, useChangeMeeting, userQuery } from '../../api/queries';
import { Card } from '../../components/card';
import { fullName } from '../../components/names';
import { Notice } from '../../components/notice';
import { useFaultWords } from '../../components/use-fault-words';
import { useTitle } from '../../components/use-title';
import { localZone } from '../../time/zone';
import { DeleteMeeting } from '../home/delete-meeting';
import { Invitation } from './created';
import { MeetingForm } from './meeting-form';
import classes from './meeting-form.module.css';
import { Cancel, Crumbs } from './new-meeting';
import { valuesOf } from './values';

/** Changes a meeting of one's own. */
export function Component() {
  const { t } = useTranslation();
  useTitle(t('form.editTitle'));
  const { code: typed = '' } = useParams();
  const code = readCode(typed) ?? typed;
  const api = useApi();
  const words = useFaultWords();
  const user = useQuery(userQuery(api));
  const meeting = useQuery({ ...meetingQuery(api, code), refetchOnWindowFocus: false });
  const error = meeting.error ?? user.error;
  if (!meeting.data || !user.data) {
    if (!error) return <p role="status">{t('common.loading')}</p>;
    const isUnknown = error instanceof ApiError && error.status === 404;
    return (
      <Stop title={isUnknown ? t('form.unknown', { code: typed.slice(0, 60) }) : t('form.loadFailed')}>
        {isUnknown ? null : words(error)}
      </Stop>
    );
  }
  if (meeting.data.host.username !== user.data.username) {
    return (
      <Stop title={t('form.notYours')}>{t('form.notYoursHelp', { host: fullName(meeting.data.host) })}</Stop>
    );
  }
  return <Edit key={code} meeting={meeting.data} />;
}

/** Why there is nothing to edit, and the way back. */
function Stop({ title, children }: { title: string; children: string | null }) {
  const { t } = useTranslation();
  return (
    <div className={classes.page}>
      <Notice kind="bad" role="alert" title={title}>
        {children && <p>{children}</p>}
      </Notice>
      <p>
        <Link to="/">{t('common.backHome')}</Link>
      </p>
    </div>
  );
}

function Edit({ meeting }: { meeting: Meeting }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const change = useChangeMeeting(meeting.meeting_id);
  const [isDeleting, setDeleting] = useState(false);
  const [initial] = useState(() => valuesOf(meeting, localZone()));
  return (
    <div className={classes.page}>
      <Crumbs here={meeting.title} />
      <h1>{t('form.editHead')}</h1>
      {change.isSuccess && <Notice kind="good" role="status" title={t('form.done')} />}
      <MeetingForm
        initial={initial}
        canStartNow={false}
        submit={() => t('form.save')}
        busy={change.isPending}
        error={change.error}
        failed={t('form.changeFailed')}
        onSubmit={(body) => change.mutate(body, { onSuccess: () => scrollTo(0, 0) })}
        cancel={<Cancel />}
      />
      <Card>
        <Invitation meeting={meeting} />
      </Card>
      <Card className={classes.danger}>
        <h2>{t('form.dangerHead')}</h2>
        <p className={classes.muted}>{t('form.danger')}</p>
        <div>
          <Button
            color="red"
            variant="light"
            leftSection={<IconTrash size={20} aria-hidden="true" />}
            onClick={() => setDeleting(true)}
          >
            {t('home.deleteNow')}
          </Button>
        </div>
      </Card>
      {isDeleting && (
        <DeleteMeeting
          meeting={meeting}
          onClose={() => setDeleting(false)}
          onDeleted={() => void navigate('/', { replace: true })}
        />
      )}
    </div>
  );
}
