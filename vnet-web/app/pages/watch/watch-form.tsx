import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from '../../components/card';
import { Notice } from '../../components/notice';
import { readCode } from '../../lan/code';
import { CodeInput } from '../../lan/code-input';
import { NO_SHARE } from '../../lan/share/idle';
import type { Share, ShareProblem } from '../../lan/share/types';
import { useShare } from '../../lan/share/use-share';
import classes from './watch.module.css';

const KEPT = 'vnet.screen-name';
const LONGEST = 60;

function keptName(): string | null {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

function keep(name: string): void {
  try {
    localStorage.setItem(KEPT, name);
  } catch {
    // A browser that stores nothing asks again next time.
  }
}

const OWN_WORDS = ['refused', 'put-out', 'full', 'ended', 'left', 'multicast'] as const;
const hasOwnWords = (problem: ShareProblem): problem is (typeof OWN_WORDS)[number] =>
  (OWN_WORDS as readonly string[]).includes(problem);

interface WatchFormProps {
  /** The share before, which may tell why it is over. */
  readonly share: Share;
  readonly onStart: (name: string, code: string) => void;
}

/** The code that the sharer told, and what this screen is called. */
export function WatchForm({ share, onStart }: WatchFormProps) {
  const { t } = useTranslation();
  const problem = useShare(share, (state) => state.problem);
  const [wrong, setWrong] = useState<'code' | 'name' | null>(null);
  const head = useRef<HTMLHeadingElement>(null);
  // Back here the page has changed as a whole: whoever listens is told.
  useEffect(() => {
    if (share !== NO_SHARE) head.current?.focus();
  }, [share]);
  // After `#` nothing goes to the server, and so into no log. A code that led nowhere is not offered again.
  const [given] = useState(() => (problem ? null : readCode(location.hash.slice(1))) ?? '');
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    const code = readCode(String(data.get('code') ?? ''));
    const name = String(data.get('name') ?? '').trim();
    const fault = code === null ? 'code' : name === '' ? 'name' : null;
    setWrong(fault);
    if (fault) form.querySelector<HTMLInputElement>(`[name="${fault}"]`)?.focus();
    if (code === null || name === '') return;
    keep(name);
    onStart(name, code);
  };
  return (
    <Card className={classes.card}>
      <h1 ref={head} tabIndex={-1}>
        {t('share.watch.head')}
      </h1>
      <p className={classes.muted}>{t('share.watch.about')}</p>
      <div role="status">
        {problem && (
          <Notice kind="note">
            <p data-share-problem={problem}>
              {hasOwnWords(problem) ? t(`share.watch.problem.${problem}`) : t(`share.problem.${problem}`)}
            </p>
          </Notice>
        )}
      </div>
      <form className={classes.form} onSubmit={submit} noValidate>
        <CodeInput
          name="code"
          label={t('share.byCode.label')}
          description={t('share.byCode.description')}
          error={wrong === 'code' && t('share.byCode.invalid')}
          defaultValue={given}
          classNames={{ input: classes.digits ?? '' }}
          onChange={() => setWrong(null)}
        />
        <TextInput
          name="name"
          label={t('share.watch.name')}
          description={t('share.watch.nameHelp')}
          error={wrong === 'name' && t('share.watch.nameMissing')}
          defaultValue={keptName() ?? t('share.watch.nameDefault')}
          autoComplete="off"
          maxLength={LONGEST}
          onChange={() => setWrong(null)}
        />
        <Button type="submit">{t('share.watch.start')}</Button>
      </form>
    </Card>
  );
}
