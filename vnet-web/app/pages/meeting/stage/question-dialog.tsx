import { Button, Group, Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useCall } from '../call/call';
import { useSelected } from '../call/store';
import { useHostActions } from '../call/use-host-actions';
import classes from './question-dialog.module.css';

/** Asks before something is done that cannot be taken back. */
export function QuestionDialog() {
  const { t } = useTranslation();
  const call = useCall();
  const { act } = useHostActions();
  const question = useSelected(call.question, (value) => value);
  const close = () => call.question.set(null);
  const name = question && question.kind !== 'end' ? question.name : '';
  const yes = () => {
    close();
    if (!question) return;
    act((host) => {
      if (question.kind === 'end') return host.end();
      return question.kind === 'remove'
        ? host.remove(question.participant)
        : host.handOver(question.participant);
    });
  };
  return (
    <Modal
      opened={question !== null}
      onClose={close}
      title={question && t(`conference.ask.${question.kind}`, { name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
      lockScroll={false}
      classNames={{ title: classes.title ?? '' }}
      centered
    >
      {question && (
        <>
          <p className={classes.text}>{t(`conference.ask.${question.kind}Help`, { name })}</p>
          <Group justify="flex-end">
            <Button variant="default" onClick={close} data-autofocus>
              {t('common.cancel')}
            </Button>
            <Button {...(question.kind !== 'handOver' && { color: 'red' })} onClick={yes}>
              {t(`conference.ask.${question.kind}Yes`)}
            </Button>
          </Group>
        </>
      )}
    </Modal>
  );
}
