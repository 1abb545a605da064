import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMeeting } from '../call/call';
import classes from './bar.module.css';

/** `4:05`, `1:04:05`. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, at) => (at === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}

/** How long the meeting has been going on. */
export function Clock() {
  const { t } = useTranslation();
  const startedAt = useMeeting((snapshot) => snapshot.meeting.startedAt);
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  if (startedAt === null) return null;
  return (
    <span className={classes.clock} role="timer" aria-live="off" aria-label={t('conference.lasting')}>
      {duration(now - startedAt)}
    </span>
  );
}
