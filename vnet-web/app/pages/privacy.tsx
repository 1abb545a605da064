import { useTranslation } from 'react-i18next';
import { Card } from '../components/card';
import { useTitle } from '../components/use-title';
import { useShell } from '../shell-context';
import classes from './privacy.module.css';

const MICROSOFT = 'https://privacy.microsoft.com/privacystatement';

/** What is kept about people, and who carries what they say. */
export function Component() {
  const { t } = useTranslation();
  useTitle(t('privacy.title'));
  const { acsModule, profilePage } = useShell();
  return (
    <Card className={classes.page}>
      <h1>{t('privacy.head')}</h1>
      <p className={classes.lead}>{t('privacy.lead')}</p>
      <h2>{t('privacy.keepsHead')}</h2>
      <ul>
        <li>{t('privacy.keepsAccount')}</li>
        <li>{t('privacy.keepsSession')}</li>
        <li>{t('privacy.keepsMeetings')}</li>
        <li>{t('privacy.keepsIdentity')}</li>
        <li>{t('privacy.keepsLog')}</li>
      </ul>
      <h2>{t('privacy.notKeptHead')}</h2>
      <p>{t('privacy.notKept')}</p>
      <h2>{t('privacy.deviceHead')}</h2>
      <p>{t('privacy.device')}</p>
      <h2>{t('privacy.mediaHead')}</h2>
      <p>{t('privacy.mediaSfu')}</p>
      <p>
        {t('privacy.mediaAcs')}{' '}
        <a href={MICROSOFT} rel="noreferrer noopener" target="_blank">
          {t('privacy.mediaAcsLink')}
        </a>
      </p>
      <p className={classes.here}>{t(acsModule ? 'privacy.mediaAcsHere' : 'privacy.mediaSfuHere')}</p>
      <h2>{t('privacy.lanHead')}</h2>
      <p>{t('privacy.lan')}</p>
      <h2>{t('privacy.rightsHead')}</h2>
      <p>
        {t('privacy.rights')} <a href={profilePage}>{t('privacy.rightsLink')}</a>
      </p>
    </Card>
  );
}
