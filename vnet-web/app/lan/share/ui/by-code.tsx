import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { readCode } from '../../code';
import type { Share } from '../types';
import classes from './share.module.css';

/** Sharing with, and receiving from, devices that are not listed: by a code that people tell each other. */
export function ByCode({ share }: { readonly share: Share }) {
  const { t } = useTranslation();
  const [wrong, setWrong] = useState(false);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const code = readCode(String(new FormData(event.currentTarget).get('share-code') ?? ''));
    setWrong(code === null);
    if (code !== null) share.askByCode(code);
  };
  return (
    <section className={classes.part} aria-labelledby="share-by-code">
      <h3 id="share-by-code">{t('share.byCode.title')}</h3>
      <p className={classes.small}>{t('share.byCode.help')}</p>
      <div>
        <Button variant="default" onClick={() => share.open()}>
          {t('share.byCode.share')}
        </Button>
      </div>
      <form className={classes.part} onSubmit={submit} noValidate>
        <TextInput
          name="share-code"
          label={t('share.byCode.label')}
          description={t('share.byCode.description')}
          error={wrong && t('share.byCode.invalid')}
          inputMode="numeric"
          autoComplete="off"
          dir="ltr"
          maxLength={12}
          onChange={() => setWrong(false)}
        />
        <div>
          <Button type="submit" variant="default">
            {t('share.byCode.receive')}
          </Button>
        </div>
      </form>
    </section>
  );
}
