import { Button } from '@mantine/core';
import { IconCalendar } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Notice } from '../../components/notice';
import { useFaultWords } from '../../components/use-fault-words';
import classes from './home.module.css';

/** Rows in outline while the list is on its way. */
export function Waiting() {
  const { t } = useTranslation();
  return (
    <div role="status" aria-label={t('common.loading')} className={classes.waiting}>
      {['a', 'b', 'c'].map((row) => (
        <span key={row} className={classes.bone} />
      ))}
    </div>
  );
}

interface EmptyProps {
  readonly title: string;
  readonly help: string;
  readonly children?: ReactNode;
}

export function Empty({ title, help, children }: EmptyProps) {
  return (
    <div className={classes.empty}>
      <span className={classes.chip}>
        <IconCalendar size={24} aria-hidden="true" />
      </span>
      <p className={classes.strong}>{title}</p>
      <p>{help}</p>
      {children}
    </div>
  );
}

interface FaultyProps {
  readonly error: Error;
  readonly onRetry: () => void;
}

export function Faulty({ error, onRetry }: FaultyProps) {
  const { t } = useTranslation();
  const words = useFaultWords();
  return (
    <Notice kind="bad" role="alert" title={t('home.failed')}>
      <p>{words(error)}</p>
      <div>
        <Button variant="default" size="sm" onClick={onRetry}>
          {t('common.retry')}
        </Button>
      </div>
    </Notice>
  );
}
