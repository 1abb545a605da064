import { Button } from '@mantine/core';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './dialog.module.css';

interface Props {
  readonly title: string;
  readonly action: string;
  readonly busy: boolean;
  readonly children: ReactNode;
  readonly onConfirm: () => void;
  readonly onCancel: () => void;
}

/** Asks before something that cannot be undone; open as long as it is drawn. */
export function Confirm({ title, action, busy, children, onConfirm, onCancel }: Props) {
  const { t } = useTranslation();
  return (
    <Dialog title={title} onClose={onCancel}>
      {children}
      <div className={classes.buttons}>
        <Button variant="default" onClick={onCancel}>
          {t('common.cancel')}
        </Button>
        <Button color="red" loading={busy} onClick={onConfirm}>
          {action}
        </Button>
      </div>
    </Dialog>
  );
}

interface DialogProps {
  readonly title: string;
  readonly children: ReactNode;
  readonly onClose: () => void;
}

/** The browser's own dialog: it keeps the focus, hides the rest of the page and closes with Escape. */
export function Dialog({ title, children, onClose }: DialogProps) {
  const head = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (element && !element.open) element.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={classes.dialog}
      aria-labelledby={head}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div className={classes.inside}>
        <h2 id={head}>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}
