import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy, IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { copyText } from '../../../invite/copy';
import { useShell } from '../../../shell-context';
import { useNow } from '../../../time/use-now';
import type { Share, ShareRole } from '../types';
import classes from './share.module.css';

const SECOND = 1_000;

/** Minutes and seconds: `1:05`. */
export function clockOf(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / SECOND));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

interface CodeProps {
  readonly share: Share;
  readonly role: ShareRole & { kind: 'sharing' };
}

/** The code that others type in: large, with the time that is left of it, and the address of second screens. */
export function Code({ share, role: { code, expiresAt } }: CodeProps) {
  const { t } = useTranslation();
  const { base } = useShell();
  const now = useNow(SECOND);
  // What was copied or renewed last, for as long as it is what is shown.
  const [said, setSaid] = useState<{
    readonly what: 'code' | 'address' | 'renewed';
    readonly code: string;
  }>();
  const page = `${location.origin}${base}watch/`;
  const copy = async (text: string, what: 'code' | 'address') => {
    if (await copyText(text)) setSaid({ what, code });
  };
  const renew = () => {
    setSaid({ what: 'renewed', code });
    share.renewCode();
  };
  const copied = (what: 'code' | 'address') => said?.what === what && said.code === code;
  const words = () => {
    if (copied('code')) return t('share.code.copied');
    if (copied('address')) return t('share.screen.copied');
    return said?.what === 'renewed' && said.code !== code ? t('share.code.renewed', { code }) : '';
  };
  return (
    <>
      <section className={classes.part} aria-labelledby="share-code">
        <h3 id="share-code">{t('share.code.title')}</h3>
        <div className={classes.code}>
          <div className={classes.line}>
            {/* A code that follows the one before by itself is not read out each time. */}
            <output className={classes.digits} aria-labelledby="share-code" aria-live="off">
              {code}
            </output>
            <CopyButton
              label={t('share.code.copy')}
              done={copied('code')}
              onCopy={() => void copy(code, 'code')}
            />
          </div>
          <div className={classes.line}>
            <span className={classes.time} role="timer">
              {now < expiresAt
                ? t('share.code.expires', { time: clockOf(expiresAt - now) })
                : t('share.code.expired')}
            </span>
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconRefresh size="1rem" aria-hidden="true" />}
              onClick={renew}
            >
              {t('share.code.renew')}
            </Button>
          </div>
        </div>
        <p className={classes.small}>{t('share.code.help')}</p>
      </section>
      <section className={classes.part} aria-labelledby="share-screen">
        <h3 id="share-screen">{t('share.screen.title')}</h3>
        <p className={classes.small}>{t('share.screen.help')}</p>
        <div className={classes.line}>
          <span className={classes.address}>{page}</span>
          <CopyButton
            label={t('share.screen.copy')}
            done={copied('address')}
            onCopy={() => void copy(`${page}#${code}`, 'address')}
          />
        </div>
      </section>
      <p role="status" className={classes.said}>
        {words()}
      </p>
    </>
  );
}

interface CopyButtonProps {
  readonly label: string;
  readonly done: boolean;
  readonly onCopy: () => void;
}

function CopyButton({ label, done, onCopy }: CopyButtonProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="default" size="lg" aria-label={label} onClick={onCopy}>
        {done ? (
          <IconCheck size="1.2rem" aria-hidden="true" />
        ) : (
          <IconCopy size="1.2rem" aria-hidden="true" />
        )}
      </ActionIcon>
    </Tooltip>
  );
}
