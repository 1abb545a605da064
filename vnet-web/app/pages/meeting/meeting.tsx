import { Anchor, Button, Loader } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { useApi } from '../../api/api-context';
import { ApiError, dataOf, type Meeting, type UserDetails } from '../../api/client';
import { readCode, spellCode } from '../../api/meeting-code';
import { meetingQuery, userQuery } from '../../api/queries';
import { useTitle } from '../../components/use-title';
import { createConference } from '../../conference/create';
import { capture, setSpeaker } from '../../devices';
import { createShare } from '../../lan/share/create';
import { useShell } from '../../shell-context';
import { useSelected } from './call/store';
import { Left } from './left';
import classes from './meeting.module.css';
import { MeetingSession } from './session';
import { Setup, type SetupChoice } from './setup';
import { Stage } from './stage/stage';
import { useLeaveWarning } from './use-leave-warning';
import { Waiting } from './waiting';

/** A meeting, from its code to having left it. */
export function Component() {
  const { t } = useTranslation();
  const { code: spelling = '' } = useParams();
  const code = readCode(spelling) ?? spelling;
  const api = useApi();
  const meeting = useQuery(meetingQuery(api, code));
  const user = useQuery(userQuery(api));
  const error = meeting.error ?? user.error;
  if (error) return <Fault error={error} code={spelling} onRetry={() => void meeting.refetch()} />;
  if (!meeting.data || !user.data) {
    return (
      <main className={classes.centre} aria-busy="true">
        <Loader aria-label={t('common.loading')} />
      </main>
    );
  }
  return <Room key={meeting.data.meeting_id} meeting={meeting.data} user={user.data} />;
}

function Fault({ error, code, onRetry }: { error: Error; code: string; onRetry: () => void }) {
  const { t } = useTranslation();
  useTitle(t('meeting.title'));
  const unknown = error instanceof ApiError && error.status === 404;
  return (
    <main className={classes.centre} role="alert">
      <h1>{unknown ? t('meeting.notFound', { code }) : t('meeting.fault')}</h1>
      <p>{unknown ? t('meeting.notFoundHelp') : error.message}</p>
      {!unknown && <Button onClick={onRetry}>{t('common.retry')}</Button>}
      <Anchor component={Link} to="/">
        {t('common.backHome')}
      </Anchor>
    </main>
  );
}

function useSession(meeting: Meeting): MeetingSession {
  const shell = useShell();
  const api = useApi();
  const [session] = useState(() => {
    const path = { code: meeting.meeting_id };
    const tickets = async (signal?: AbortSignal) =>
      dataOf(
        await api.POST('/meeting/meetings/{code}/join/', { params: { path }, ...(signal && { signal }) }),
      );
    return new MeetingSession({
      create: () => createConference(shell, tickets),
      capture,
      storage: localStorage,
      makeShare: (conference) => createShare(shell, conference, meeting.meeting_id),
    });
  });
  useEffect(() => () => session.dispose(), [session]);
  return session;
}

function Room({ meeting, user }: { meeting: Meeting; user: UserDetails }) {
  const { t } = useTranslation();
  const session = useSession(meeting);
  const phase = useSelected(session.phase, (value) => value);
  const [speakerId, setSpeakerId] = useState<string | null>(null);
  useLeaveWarning(phase.kind === 'in');
  const join = ({ speakerId, ...options }: SetupChoice) => {
    setSpeakerId(speakerId);
    void session.join(options);
  };
  if (phase.kind === 'left') return <Left {...phase.outcome} onRejoin={() => session.again()} />;
  if (phase.kind === 'waiting') return <Waiting title={meeting.title} onLeave={() => session.leave()} />;
  if (phase.kind === 'in') {
    const code = spellCode(meeting.meeting_id);
    return (
      <Stage
        call={phase.call}
        title={meeting.title}
        code={code}
        invite={t('meeting.invite', {
          title: meeting.title,
          link: location.href.replace(/[?#].*$/, ''),
          code,
        })}
        speakerId={speakerId}
        onSpeaker={setSpeakerId}
        setSpeaker={setSpeaker}
      />
    );
  }
  return (
    <Setup
      meeting={meeting}
      user={user}
      onJoin={join}
      joining={phase.kind === 'joining'}
      error={phase.kind === 'setup' ? phase.error : null}
    />
  );
}
