import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import classes from '../components/fault.module.css';
import { useTitle } from '../components/use-title';

export function NotFound() {
  const { t } = useTranslation();
  useTitle(`VNET | ${t('common.notFound')}`);
  return (
    <div className={classes.fault}>
      <h1>{t('common.notFound')}</h1>
      <p>{t('common.notFoundHelp')}</p>
      <Button component={Link} to="/">
        {t('common.backHome')}
      </Button>
    </div>
  );
}
