/** What a key does in the meeting. */
export type ShortcutAction =
  | 'microphone'
  | 'camera'
  | 'screen'
  | 'hand'
  | 'chat'
  | 'people'
  | 'statistics'
  | 'layout'
  | 'fullScreen'
  | 'picture'
  | 'nextPage'
  | 'previousPage'
  | 'help';

/** The keys, in the order in which the help lists them. */
export const SHORTCUTS: readonly { readonly key: string; readonly action: ShortcutAction }[] = [
  { key: 'm', action: 'microphone' },
  { key: 'v', action: 'camera' },
  { key: 's', action: 'screen' },
  { key: 'h', action: 'hand' },
  { key: 'c', action: 'chat' },
  { key: 'p', action: 'people' },
  { key: 'i', action: 'statistics' },
  { key: 'l', action: 'layout' },
  { key: 'f', action: 'fullScreen' },
  { key: 'w', action: 'picture' },
  { key: '.', action: 'nextPage' },
  { key: ',', action: 'previousPage' },
  { key: '?', action: 'help' },
];

const ACTIONS = new Map(SHORTCUTS.map(({ key, action }) => [key, action]));
const TEXT = 'input, textarea, select, [contenteditable]:not([contenteditable="false"])';
/** What uses the space bar and letters itself. */
const CONTROL = `button, a[href], summary, [role="menu"], [role="menuitem"], [role="listbox"], [role="option"], [role="slider"], ${TEXT}`;

interface Pressed {
  readonly key: string;
  readonly target: EventTarget | null;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly repeat: boolean;
  readonly isComposing: boolean;
}

const within = (target: EventTarget | null, selector: string): Element | null =>
  target instanceof Element ? target.closest(selector) : null;

/** What a key does; `null`: nothing, or it is meant for what has the focus. */
export function actionOf(event: Pressed): ShortcutAction | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return null;
  if (within(event.target, `${TEXT}, [role="menu"], [role="listbox"], [role="dialog"]`)) return null;
  return ACTIONS.get(event.key.toLowerCase()) ?? null;
}

/**
 * Whether the space bar means "talk while held". A control that was reached by keyboard keeps its space bar; one that
 * was clicked with the pointer gives it up, or nobody could talk after clicking anywhere.
 */
export function isTalkKey(event: Pressed): boolean {
  if (event.key !== ' ' || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return false;
  if (within(event.target, `${TEXT}, [role="menu"], [role="listbox"], [role="dialog"]`)) return false;
  const control = within(event.target, CONTROL);
  return !control?.matches(':focus-visible');
}
