import { useEffect, useEffectEvent } from 'react';
import { type Call, useCall } from '../call/call';
import { useAct } from '../call/use-host-actions';
import type { LayoutMode } from '../stage/tile-list';
import { canShare } from './bar';
import { canFullScreen, toggleFullScreen } from './full-screen';
import { actionOf, isTalkKey, type ShortcutAction } from './shortcuts';

const LAYOUTS: readonly LayoutMode[] = ['auto', 'grid', 'speaker'];

function perform(call: Call, action: ShortcutAction): (() => Promise<void>) | null {
  const { view, local, conference } = call;
  const now = view.get();
  const { capabilities } = conference;
  switch (action) {
    case 'microphone':
      return () => local.toggleMicrophone();
    case 'camera':
      return () => local.toggleCamera();
    case 'screen':
      return canShare() ? () => local.toggleScreen() : null;
    case 'hand':
      return capabilities.hands ? () => conference.raiseHand(!conference.snapshot().self?.hand) : null;
    case 'fullScreen':
      return canFullScreen() ? toggleFullScreen : null;
    case 'picture':
      return () => call.pip.toggle();
    case 'chat':
      if (capabilities.chat) view.update({ panel: now.panel === 'chat' ? null : 'chat' });
      return null;
    case 'people':
    case 'statistics':
      view.update({ panel: now.panel === action ? null : action });
      return null;
    case 'layout': {
      const next = LAYOUTS[(LAYOUTS.indexOf(now.layout) + 1) % LAYOUTS.length] ?? 'auto';
      view.update({ layout: next, pinned: null, page: 0 });
      return null;
    }
    case 'nextPage':
      view.update({ page: now.page + 1 });
      return null;
    case 'previousPage':
      view.update({ page: Math.max(0, now.page - 1) });
      return null;
    case 'help':
      view.update({ help: true });
      return null;
  }
}

/** Keys do what the bar does, and the space bar opens the microphone while it is held. */
export function useShortcuts(): void {
  const call = useCall();
  const act = useAct();
  const down = useEffectEvent((event: KeyboardEvent) => {
    const now = call.view.get();
    if (event.defaultPrevented || !now.shortcuts || now.help || call.question.get()) return;
    if (isTalkKey(event)) {
      event.preventDefault();
      if (!event.repeat) void call.local.talk(true);
      return;
    }
    const action = actionOf(event);
    if (!action) return;
    event.preventDefault();
    act(() => perform(call, action)?.());
  });
  const up = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== ' ' || !call.local.talking.get()) return;
    // Without this a focused button would take it for a click.
    event.preventDefault();
    void call.local.talk(false);
  });
  const away = useEffectEvent(() => void call.local.talk(false));
  useEffect(() => {
    const options = { capture: true };
    document.addEventListener('keydown', down, options);
    document.addEventListener('keyup', up, options);
    // A key that is let go in another window is never heard of.
    window.addEventListener('blur', away);
    return () => {
      document.removeEventListener('keydown', down, options);
      document.removeEventListener('keyup', up, options);
      window.removeEventListener('blur', away);
    };
  }, []);
}
