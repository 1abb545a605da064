import { Button, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useApi } from '../../api/api-context';
import { ApiError } from '../../api/client';
import { readCode } from '../../api/meeting-code';
import { meetingQuery } from '../../api/queries';
import { useFaultWords } from '../../components/use-fault-words';
import classes from './home.module.css';

/** Longest that is shown again of what was typed. */
const SHOWN = 60;

/** To a meeting by its code, in any spelling, or by its link. */
export function JoinForm() {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const navigate = useNavigate();
  const words = useFaultWords();
  const [error, setError] = useState<string | null>(null);
  const [isPending, setPending] = useState(false);
  const field = useRef<HTMLInputElement>(null);

  const refuse = (message: string) => {
    setError(message);
    field.current?.focus();
  };

  const join = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = (field.current?.value ?? '').trim();
    if (!typed) return refuse(t('home.codeMissing'));
    const unknown = t('home.codeUnknown', { code: [...typed].slice(0, SHOWN).join('') });
    const code = readCode(typed);
    if (!code) return refuse(unknown);
    setError(null);
    setPending(true);
    try {
      await client.fetchQuery(meetingQuery(api, code));
      await navigate(`/conf/${code}/`);
    } catch (fault) {
      refuse(fault instanceof ApiError && fault.status === 404 ? unknown : words(fault));
    } finally {
      setPending(false);
    }
  };

  return (
    <form className={classes.join} noValidate onSubmit={join}>
      <TextInput
        ref={field}
        name="join-code"
        label={t('home.joinWithCode')}
        description={t('home.joinHint')}
        placeholder="abc-defg-hjk"
        error={error}
        classNames={{ input: classes.code ?? '' }}
        autoComplete="off"
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        onChange={() => setError(null)}
      />
      <Button type="submit" variant="light" disabled={isPending}>
        {t('home.join')}
      </Button>
    </form>
  );
}
