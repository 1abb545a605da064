import { Button } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../components/confirm';
import { copyText } from './copy';
import classes from './use-copy.module.css';

/** How long it is said that something was copied: milliseconds. */
const SAID = 3_000;

export interface Copy {
  /** It was copied a moment ago. */
  readonly isDone: boolean;
  readonly copy: (text: string) => void;
  /** What belongs into the page: the word for those who listen, and the text where copying is not allowed. */
  readonly said: ReactNode;
}

/** Copies a text and says so. */
export function useCopy(): Copy {
  const { t } = useTranslation();
  const [state, setState] = useState<'idle' | 'done' | { readonly text: string }>('idle');
  useEffect(() => {
    if (state !== 'done') return;
    const timer = setTimeout(() => setState('idle'), SAID);
    return () => clearTimeout(timer);
  }, [state]);

  const copy = (text: string) => {
    void copyText(text).then((isCopied) => setState(isCopied ? 'done' : { text }));
  };
  const close = () => setState('idle');
  const said = (
    <>
      <span role="status" className={classes.said}>
        {state === 'done' && t('home.copied')}
      </span>
      {typeof state === 'object' && (
        <Dialog title={t('home.copyFailed')} onClose={close}>
          <textarea
            className={classes.text}
            readOnly
            rows={7}
            aria-label={t('home.copyFailed')}
            value={state.text}
          />
          <Button onClick={close}>{t('common.close')}</Button>
        </Dialog>
      )}
    </>
  );
  return { isDone: state === 'done', copy, said };
}
