import { CloseButton } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useCall } from '../call/call';
import type { Panel as PanelName } from '../call/view';
import classes from './panel.module.css';

/** The button of the menu in which panels without a button of their own are opened. */
export const MORE_MENU = 'menu-more';
const MENU_CLOSES = 50;

interface PanelProps {
  readonly name: PanelName;
  readonly title: string;
  readonly children: ReactNode;
}

/** Beside the tiles; on a phone above everything. Takes the focus when it opens and gives it back when it closes. */
export function Panel({ name, title, children }: PanelProps) {
  const { t } = useTranslation();
  const { view } = useCall();
  const root = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    const panel = root.current;
    const first =
      panel?.querySelector<HTMLElement>('[data-first]') ?? panel?.querySelector<HTMLElement>('h2');
    const take = () => first?.focus({ preventScroll: true });
    take();
    // A menu that closes gives the focus to its button, a moment later.
    const late = setTimeout(() => {
      if (document.activeElement === document.getElementById(MORE_MENU)) take();
    }, MENU_CLOSES);
    return () => {
      clearTimeout(late);
      // Whoever went on elsewhere stays there.
      if (document.activeElement !== document.body && !panel?.contains(document.activeElement)) return;
      // The item of a menu is gone with the menu: back to the button that opens it.
      const stays = before?.isConnected && before !== document.body && !before.closest('[role=menu]');
      const back =
        document.getElementById(`button-${name}`) ??
        (stays ? before : null) ??
        document.getElementById(MORE_MENU);
      if (back instanceof HTMLElement) back.focus({ preventScroll: true });
    };
  }, [name]);
  const close = () => view.update({ panel: null });
  return (
    <aside
      ref={root}
      id={`panel-${name}`}
      className={classes.panel}
      aria-labelledby={`title-${name}`}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.stopPropagation();
        close();
      }}
    >
      <header className={classes.head}>
        <h2 id={`title-${name}`} tabIndex={-1}>
          {title}
        </h2>
        <CloseButton size="lg" aria-label={t('conference.closePanel')} onClick={close} />
      </header>
      {children}
    </aside>
  );
}
