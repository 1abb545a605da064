import type { ConferenceSnapshot, ParticipantId, StreamId } from '../../../conference/conference';

/** A tile; its key stays the same for as long as its person, or its screen, is there. */
export interface TileSpec {
  readonly key: string;
  readonly kind: 'person' | 'screen';
  readonly participant: ParticipantId;
  /** Of a screen. */
  readonly stream: StreamId | null;
  readonly isSelf: boolean;
  /** The key of the picture that comes over the local network, if one does. */
  readonly lan?: string;
}

export type LayoutMode = 'auto' | 'grid' | 'speaker';
export type SelfView = 'auto' | 'grid' | 'float' | 'hidden';

export const personKey = (participant: ParticipantId): string => `p:${participant}`;
export const screenKey = (stream: StreamId): string => `s:${stream}`;

/** Everybody, and every screen that others share, in the order in which they came. */
export function tilesOf(snapshot: ConferenceSnapshot): TileSpec[] {
  const tiles: TileSpec[] = snapshot.participants.map(({ id, isSelf }) => ({
    key: personKey(id),
    kind: 'person',
    participant: id,
    stream: null,
    isSelf,
  }));
  for (const stream of snapshot.streams) {
    if (stream.source !== 'screen' || stream.muted) continue;
    const { id, participant } = stream;
    tiles.push({ key: screenKey(id), kind: 'screen', participant, stream: id, isSelf: false });
  }
  return tiles;
}

export const sameTiles = (one: readonly TileSpec[], other: readonly TileSpec[]): boolean =>
  one.length === other.length &&
  one.every((tile, at) => tile.key === other[at]?.key && tile.lan === other[at]?.lan);

export interface PlanInput {
  readonly tiles: readonly TileSpec[];
  /** The keys of the tiles, first come first; see `nextOrder`. */
  readonly order: readonly string[];
  readonly mode: LayoutMode;
  readonly pinned: string | null;
  /** The tile of who spoke last. */
  readonly speaker: string | null;
  readonly selfView: SelfView;
}

export interface Plan {
  /** Shown large; `null`: all are equal. */
  readonly large: string | null;
  /** In the grid, or in the strip beside the large one. */
  readonly rest: readonly string[];
  /** Oneself, above the others in a corner. */
  readonly float: string | null;
}

/** Which tile is shown how. */
export function plan({ tiles, order, mode, pinned, speaker, selfView }: PlanInput): Plan {
  const self = tiles.find((tile) => tile.isSelf)?.key ?? null;
  const others = tiles.filter((tile) => !tile.isSelf);
  const large = largeOf(tiles, others, mode, pinned, speaker);
  const present = new Set(tiles.map((tile) => tile.key));
  const keys = order.filter((key) => present.has(key) && key !== large);
  if (!self || others.length === 0 || self === large) {
    const hidden = selfView === 'hidden' && others.length > 0;
    return { large, rest: hidden ? keys.filter((key) => key !== self) : keys, float: null };
  }
  const floats = selfView === 'float' || (selfView === 'auto' && others.length === 1 && !large);
  const rest = floats || selfView === 'hidden' ? keys.filter((key) => key !== self) : keys;
  return { large, rest, float: floats ? self : null };
}

function largeOf(
  tiles: readonly TileSpec[],
  others: readonly TileSpec[],
  mode: LayoutMode,
  pinned: string | null,
  speaker: string | null,
): string | null {
  if (pinned && tiles.some((tile) => tile.key === pinned)) return pinned;
  if (mode === 'grid') return null;
  // The screen that was shared last is what people talk about.
  const screen = others.findLast((tile) => tile.kind === 'screen');
  if (screen) return screen.key;
  if (mode === 'auto') return null;
  const speaking = others.find((tile) => tile.key === speaker);
  return (speaking ?? others[0])?.key ?? null;
}

/**
 * The order of tiles after a change: who is there keeps the place, who comes is last. Whoever speaks and would
 * be on another page changes places with the one of the first page who has not spoken for longest.
 */
export function nextOrder(
  before: readonly string[],
  tiles: readonly TileSpec[],
  recent: readonly string[],
  firstPage: number,
): string[] {
  const present = new Set(tiles.map((tile) => tile.key));
  const known = new Set(before);
  const order = [
    ...before.filter((key) => present.has(key)),
    ...tiles.map((tile) => tile.key).filter((key) => !known.has(key)),
  ];
  const [speaker] = recent;
  const at = speaker === undefined ? -1 : order.indexOf(speaker);
  if (at < firstPage || speaker === undefined) return order;
  const self = tiles.find((tile) => tile.isSelf)?.key;
  const screens = new Set(tiles.filter((tile) => tile.kind === 'screen').map((tile) => tile.key));
  const when = (key: string) => {
    const index = recent.indexOf(key);
    return index < 0 ? Number.POSITIVE_INFINITY : index;
  };
  let quietest = -1;
  for (let index = 0; index < Math.min(firstPage, order.length); index += 1) {
    const key = order[index];
    if (key === undefined || key === self || screens.has(key)) continue;
    const best = order[quietest];
    if (best === undefined || when(key) >= when(best)) quietest = index;
  }
  const other = order[quietest];
  if (other === undefined) return order;
  order[quietest] = speaker;
  order[at] = other;
  return order;
}

/** Who spoke, latest first, after `speaker` did. */
export function nextRecent(before: readonly string[], speaker: string | null): readonly string[] {
  if (speaker === null || before[0] === speaker) return before;
  return [speaker, ...before.filter((key) => key !== speaker)].slice(0, 64);
}

/** A part of the tiles; a page that is beyond the last is the last. */
export function pageOf(
  keys: readonly string[],
  page: number,
  capacity: number,
): { page: number; pages: number; keys: string[] } {
  const pages = Math.max(1, Math.ceil(keys.length / Math.max(1, capacity)));
  const at = Math.min(Math.max(0, page), pages - 1);
  return { page: at, pages, keys: keys.slice(at * capacity, (at + 1) * capacity) };
}
