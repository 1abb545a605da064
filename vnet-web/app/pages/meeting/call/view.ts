import type { ParticipantId } from '../../../conference/conference';
import type { LayoutMode, SelfView } from '../stage/tile-list';
import { Store } from './store';

export type Panel = 'people' | 'chat' | 'statistics' | 'lan';

/** How one looks at the meeting; nobody else knows of it. */
export interface View {
  readonly layout: LayoutMode;
  readonly selfView: SelfView;
  /** Pictures of others are not received. */
  readonly dataSaver: boolean;
  /** Bits a second that may arrive; `null`: no cap. */
  readonly cap: number | null;
  /** Single keys do something. */
  readonly shortcuts: boolean;
  readonly sounds: boolean;
  /** The key of a tile. */
  readonly pinned: string | null;
  readonly page: number;
  readonly panel: Panel | null;
  readonly help: boolean;
  /** Whom one writes to; `null`: all. */
  readonly chatTo: ParticipantId | null;
  /** How many lines of chat came since one looked. */
  readonly unread: number;
}

const KEPT = ['layout', 'selfView', 'dataSaver', 'cap', 'shortcuts', 'sounds'] as const;
type Kept = Pick<View, (typeof KEPT)[number]>;
const PLACE = 'vnet.meeting-view';

const FIRST: View = {
  layout: 'auto',
  selfView: 'auto',
  dataSaver: false,
  cap: null,
  shortcuts: true,
  sounds: false,
  pinned: null,
  page: 0,
  panel: null,
  help: false,
  chatTo: null,
  unread: 0,
};

const LAYOUTS: readonly unknown[] = ['auto', 'grid', 'speaker'] satisfies LayoutMode[];
const SELF_VIEWS: readonly unknown[] = ['auto', 'grid', 'float', 'hidden'] satisfies SelfView[];

/** What was kept of the last meeting, as far as it makes sense. */
export function readKept(text: string | null): Partial<Kept> {
  let value: unknown;
  try {
    value = JSON.parse(text ?? 'null');
  } catch {
    return {};
  }
  if (typeof value !== 'object' || value === null) return {};
  const { layout, selfView, dataSaver, cap, shortcuts, sounds } = value as Record<string, unknown>;
  return {
    ...(LAYOUTS.includes(layout) && { layout: layout as LayoutMode }),
    ...(SELF_VIEWS.includes(selfView) && { selfView: selfView as SelfView }),
    ...(typeof dataSaver === 'boolean' && { dataSaver }),
    ...((cap === null || (typeof cap === 'number' && cap > 0)) && { cap }),
    ...(typeof shortcuts === 'boolean' && { shortcuts }),
    ...(typeof sounds === 'boolean' && { sounds }),
  };
}

export function makeView(storage: Pick<Storage, 'getItem'> | null): Store<View> {
  let text: string | null = null;
  try {
    text = storage?.getItem(PLACE) ?? null;
  } catch {
    // A browser that stores nothing has nothing kept.
  }
  return new Store<View>({ ...FIRST, ...readKept(text) });
}

/** Keeps choices on this device until the returned function is called. */
export function keepView(view: Store<View>, storage: Pick<Storage, 'setItem'>): () => void {
  let before = '';
  return view.subscribe(() => {
    const now = view.get();
    const text = JSON.stringify(Object.fromEntries(KEPT.map((name) => [name, now[name]])));
    if (text === before) return;
    before = text;
    try {
      storage.setItem(PLACE, text);
    } catch {
      // Not kept: the next meeting begins as the first did.
    }
  });
}
