import { IconLeaf } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Notice } from '../../../components/notice';
import { amountOf } from '../../../time/format';
import type { ShareCost } from '../types';
import classes from './share.module.css';

/** Less of a core than this is not told apart. */
const LEAST = 0.01;

/** What sending takes of this device, and a warning when that is too much. */
export function Cost({ cost }: { readonly cost: ShareCost | null }) {
  const { t, i18n } = useTranslation();
  // Nothing is for nothing.
  const part =
    cost &&
    Math.max(cost.cpu, LEAST).toLocaleString(i18n.language, { style: 'percent', maximumFractionDigits: 0 });
  return (
    <>
      {cost && cost.children > 0 && (
        <p className={classes.small}>{t('share.cost.normal', { percent: part })}</p>
      )}
      <div role="status">
        {cost?.overloaded && (
          <Notice kind="note">
            <p>{t('share.cost.overloaded')}</p>
          </Notice>
        )}
      </div>
    </>
  );
}

/** What did not have to come over the internet, here or on the whole network. */
export function Saved({ of, bytes }: { readonly of: 'own' | 'nearby'; readonly bytes: number }) {
  const { t, i18n } = useTranslation();
  if (bytes <= 0) return null;
  return (
    <p className={classes.saved} data-saved={of}>
      <IconLeaf size="1.2rem" aria-hidden="true" />
      <span>{t(`share.saved.${of}`, { amount: amountOf(bytes, i18n.language) })}</span>
    </p>
  );
}
