import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { CodeInput, useCodeForm } from '../../code-input';
import type { Share } from '../types';
import classes from './share.module.css';

/** Sharing with, and receiving from, devices that are not listed: by a code that people tell each other. */
export function ByCode({ share }: { readonly share: Share }) {
  const { t } = useTranslation();
  const { wrong, changed, submit } = useCodeForm('share-code', (code) => share.askByCode(code));
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
        <CodeInput
          name="share-code"
          label={t('share.byCode.label')}
          description={t('share.byCode.description')}
          error={wrong && t('share.byCode.invalid')}
          onChange={changed}
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
