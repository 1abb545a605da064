import type { ReactNode } from 'react';
import classes from './notice.module.css';

interface Props {
  readonly kind: 'bad' | 'good' | 'note' | 'info';
  readonly title?: string;
  readonly children?: ReactNode;
  /** Read out when it appears: `alert` at once, `status` when there is a pause. */
  readonly role?: 'alert' | 'status';
}

/** A message in a coloured box, as the plain pages have it. */
export function Notice({ kind, title, children, role }: Props) {
  return (
    <div className={classes.notice} data-kind={kind} role={role}>
      {title && <p className={classes.title}>{title}</p>}
      {children}
    </div>
  );
}
