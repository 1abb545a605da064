import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import classes from './fault.module.css';

/** What is shown when a page breaks. */
export function PageFault() {
  const { t } = useTranslation();
  return (
    <main className={classes.fault} role="alert">
      <h1>{t('common.fault')}</h1>
      <p>{t('common.faultHelp')}</p>
      <Button onClick={() => location.reload()}>{t('common.reload')}</Button>
    </main>
  );
}

/** While the code of a page that was opened by its address is on its way. */
export function PageLoading() {
  const { t } = useTranslation();
  return (
    <main className={classes.fault}>
      <p role="status">{t('common.loading')}</p>
    </main>
  );
}
