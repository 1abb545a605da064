import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/client';

/** Says in words why a request failed. */
export function useFaultWords(): (error: unknown) => string {
  const { t } = useTranslation();
  return (error) => {
    // A request that found no server fails with another error.
    if (!(error instanceof ApiError)) return t('common.offline');
    if (error.status === 429) {
      const count = error.retryAfter;
      return count === null ? t('common.tooManySoon') : t('common.tooMany', { count });
    }
    return error.status === 0 || error.status >= 500 ? t('common.serverFault') : error.message;
  };
}
