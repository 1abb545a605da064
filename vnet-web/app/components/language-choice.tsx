import { IconLanguage } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { LANGUAGES, setLanguage, supported } from '../i18n';
import classes from './layout.module.css';

/** The language of all pages of the front end; each is offered in its own name. */
export function LanguageChoice() {
  const { t, i18n } = useTranslation();
  return (
    <span className={classes.language}>
      <IconLanguage size={20} aria-hidden="true" />
      <select
        aria-label={t('common.language')}
        value={supported([i18n.language])}
        onChange={(event) => void setLanguage(supported([event.currentTarget.value]))}
      >
        {Object.entries(LANGUAGES).map(([tag, name]) => (
          <option key={tag} value={tag} lang={tag}>
            {name}
          </option>
        ))}
      </select>
    </span>
  );
}
