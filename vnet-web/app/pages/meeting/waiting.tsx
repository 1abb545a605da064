import { Button, Loader } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useTitle } from '../../components/use-title';
import classes from './meeting.module.css';

/** In the lobby, until a host lets one in. */
export function Waiting({ title, onLeave }: { title: string; onLeave: () => void }) {
  const { t } = useTranslation();
  useTitle(t('meeting.title'));
  const head = useRef<HTMLHeadingElement>(null);
  // The page has changed as a whole: whoever listens is told.
  useEffect(() => head.current?.focus(), []);
  return (
    <main className={classes.centre}>
      <Loader size="lg" type="dots" aria-hidden="true" />
      <h1 ref={head} tabIndex={-1}>
        {t('meeting.waiting')}
      </h1>
      <p>{t('meeting.waitingHelp', { title })}</p>
      <Button variant="default" onClick={onLeave}>
        {t('meeting.waitingLeave')}
      </Button>
    </main>
  );
}
