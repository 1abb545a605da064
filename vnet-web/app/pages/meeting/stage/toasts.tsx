import { CloseButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useCall } from '../call/call';
import { useSelected } from '../call/store';
import classes from './toasts.module.css';

/** Short messages above the bar; they are read out by `Announcer`. */
export function Toasts() {
  const { t } = useTranslation();
  const { notices } = useCall();
  const toasts = useSelected(notices.toasts, (list) => list);
  return (
    <section className={classes.toasts} aria-label={t('conference.messages')}>
      {toasts.map(({ id, tone, text, actions }) => (
        <div
          key={id}
          className={classes.toast}
          data-tone={tone}
          data-choice={actions.length > 1 || undefined}
        >
          <span className={classes.text}>{text}</span>
          {actions.map(({ label, act }) => (
            <button
              key={label}
              type="button"
              className={classes.action}
              onClick={() => {
                notices.close(id);
                act();
              }}
            >
              {label}
            </button>
          ))}
          <CloseButton size="sm" aria-label={t('common.close')} onClick={() => notices.close(id)} />
        </div>
      ))}
    </section>
  );
}

/** Reads out what happens. */
export function Announcer() {
  const { notices } = useCall();
  const { text } = useSelected(notices.spoken, (spoken) => spoken);
  return (
    <p className={classes.spoken} role="status" aria-live="polite">
      {text}
    </p>
  );
}
