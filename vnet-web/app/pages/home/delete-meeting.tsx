import { useTranslation } from 'react-i18next';
import type { Meeting } from '../../api/client';
import { useDeleteMeeting } from '../../api/queries';
import { Confirm } from '../../components/confirm';
import { Notice } from '../../components/notice';
import { useFaultWords } from '../../components/use-fault-words';

interface Props {
  readonly meeting: Meeting;
  readonly onClose: () => void;
  readonly onDeleted?: () => void;
}

/** Asks, and deletes a meeting. */
export function DeleteMeeting({ meeting, onClose, onDeleted }: Props) {
  const { t } = useTranslation();
  const words = useFaultWords();
  const remove = useDeleteMeeting();
  const confirm = () => remove.mutate(meeting, { onSuccess: onDeleted ?? onClose });
  return (
    <Confirm
      title={t('home.deleteTitle')}
      action={t('home.deleteNow')}
      busy={remove.isPending}
      onConfirm={confirm}
      onCancel={onClose}
    >
      <p>{t('home.deleteHelp', { title: meeting.title })}</p>
      {remove.isError && (
        <Notice kind="bad" role="alert" title={t('home.deleteFailed')}>
          <p>{words(remove.error)}</p>
        </Notice>
      )}
    </Confirm>
  );
}
