import { Tooltip } from '@mantine/core';
import type { ComponentPropsWithRef, ReactNode } from 'react';
import classes from './bar.module.css';

interface BarButtonProps extends Omit<ComponentPropsWithRef<'button'>, 'children'> {
  /** Its name, which does not change with its state. */
  readonly label: string;
  /** What it does now; shown on hover. */
  readonly hint?: string;
  readonly shortcut?: string;
  readonly icon: ReactNode;
  /** A switch: whether it is on. */
  readonly pressed?: boolean | undefined;
  readonly tone?: 'plain' | 'off' | 'active' | 'danger';
  readonly badge?: number;
}

/** A round button of the bar. */
export function BarButton({
  label,
  hint,
  shortcut,
  icon,
  pressed,
  tone = 'plain',
  badge = 0,
  ...others
}: BarButtonProps) {
  const told = hint ?? label;
  return (
    <Tooltip
      label={shortcut ? `${told} (${shortcut.toUpperCase()})` : told}
      openDelay={500}
      events={{ hover: true, focus: false, touch: false }}
    >
      <button
        type="button"
        {...others}
        className={classes.button}
        data-toolbar-toggle
        data-tone={tone}
        aria-label={label}
        aria-pressed={pressed}
        aria-keyshortcuts={shortcut}
      >
        {icon}
        {badge > 0 && (
          <span className={classes.badge} aria-hidden="true">
            {badge > 99 ? '99+' : badge}
          </span>
        )}
      </button>
    </Tooltip>
  );
}
