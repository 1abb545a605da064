import { Button } from '@mantine/core';
import { IconVideo } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import type { UserDetails } from '../../api/client';
import { useCreateMeeting } from '../../api/queries';
import { shownName } from '../../components/names';
import { Notice } from '../../components/notice';
import { useFaultWords } from '../../components/use-fault-words';

/** Longest title that the server takes. */
const TITLE = 100;

/** One click: a meeting that begins now, and into it. */
export function StartNow({ user }: { user: UserDetails | undefined }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const create = useCreateMeeting();
  const words = useFaultWords();
  const start = () => {
    if (!user) return;
    const title = t('home.instantTitle', { name: shownName(user) });
    create.mutate(
      {
        title: [...title].slice(0, TITLE).join(''),
        notes: t('home.instantNotes'),
        start_time: new Date().toISOString(),
        end_time: null,
      },
      { onSuccess: (meeting) => navigate(`/conf/${meeting.meeting_id}/`) },
    );
  };
  return (
    <>
      <Button
        size="lg"
        fullWidth
        leftSection={<IconVideo size={22} aria-hidden="true" />}
        disabled={!user || create.isPending}
        onClick={start}
      >
        {t(create.isPending ? 'home.starting' : 'home.start')}
      </Button>
      {create.isError && (
        <Notice kind="bad" role="alert" title={t('form.failed')}>
          <p>{words(create.error)}</p>
        </Notice>
      )}
    </>
  );
}
