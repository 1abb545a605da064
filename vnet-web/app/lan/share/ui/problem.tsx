import { useTranslation } from 'react-i18next';
import { Notice } from '../../../components/notice';
import type { ShareProblem } from '../types';

const MILD: ReadonlySet<ShareProblem> = new Set(['ended', 'left', 'put-out', 'refused', 'full']);

/** Whether something is over, rather than wrong. */
export const isMild = (problem: ShareProblem): boolean => MILD.has(problem);

/** What is wrong, and what can be done; read out as soon as it is. */
export function Problem({ problem }: { readonly problem: ShareProblem | null }) {
  const { t } = useTranslation();
  return (
    <div role="status">
      {problem && (
        <Notice kind={isMild(problem) ? 'note' : 'bad'}>
          <p data-share-problem={problem}>{t(`share.problem.${problem}`)}</p>
        </Notice>
      )}
    </div>
  );
}
