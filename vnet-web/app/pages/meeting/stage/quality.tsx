import { useTranslation } from 'react-i18next';
import type { Quality } from '../../../conference/conference';
import classes from './tile.module.css';

/** Three bars; shown only when the connection is not good, unless `always`. */
export function QualityMark({ quality, always = false }: { quality: Quality | null; always?: boolean }) {
  const { t } = useTranslation();
  if (quality === null || (quality === 'good' && !always)) return null;
  return (
    <span
      className={classes.quality}
      data-quality={quality}
      role="img"
      aria-label={t(`conference.quality.${quality}`)}
      title={t(`conference.quality.${quality}`)}
    >
      <i />
      <i />
      <i />
    </span>
  );
}
