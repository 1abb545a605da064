import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Notice } from '../../components/notice';
import type { DeviceCause } from '../../devices';
import { browserFamily } from '../../devices/browser';
import classes from './setup.module.css';
import type { SetupMedia } from './setup-media';

/** What is wrong with the devices, and what one can do about it; nothing when nothing is. */
export function SetupProblem({ media }: { media: SetupMedia }) {
  const camera = media.camera.muted ? null : media.camera.problem;
  const microphone = media.microphone.problem;
  if (camera && camera === microphone) return <Problem of="both" cause={camera} onRetry={media.retry} />;
  return (
    <>
      {microphone && <Problem of="microphone" cause={microphone} onRetry={media.retry} />}
      {camera && <Problem of="camera" cause={camera} onRetry={media.retry} />}
    </>
  );
}

interface Props {
  readonly of: 'camera' | 'microphone' | 'both';
  readonly cause: DeviceCause;
  readonly onRetry: () => void;
}

function Problem({ of, cause, onRetry }: Props) {
  const { t } = useTranslation();
  if (cause === 'insecure' || cause === 'unsupported') {
    return (
      <Notice kind="note" role="alert" title={t(`setup.problem.${cause}`)}>
        <p>{t(`setup.cure.${cause}`)}</p>
        {cause === 'insecure' && (
          <p>
            <span className={classes.address}>
              {t('setup.cure.insecureHere', { address: location.origin })}
            </span>
          </p>
        )}
      </Notice>
    );
  }
  const cure = cause === 'denied' ? (`denied${browserFamily()}` as const) : cause;
  return (
    <Notice kind="note" role="alert" title={t(`setup.problem.${of}.${cause}`)}>
      <p>{t(`setup.cure.${cure}`)}</p>
      <div>
        <Button size="sm" variant="default" onClick={onRetry}>
          {t('setup.tryAgain')}
        </Button>
      </div>
    </Notice>
  );
}
