import type { Readable } from '../../pages/meeting/call/store';
import { useSelected } from '../../pages/meeting/call/store';
import type { StreamFigures } from '../figures';
import type { Share, ShareState } from './types';

interface Parts {
  readonly state: Readable<ShareState>;
  readonly figures: Readable<ReadonlyMap<string, StreamFigures>>;
}

const known = new WeakMap<Share, Parts>();

/** The same functions for the same share, as subscribing components need. */
function partsOf(share: Share): Parts {
  const found = known.get(share);
  if (found) return found;
  const subscribe = (listener: () => void) => share.subscribe(listener);
  const parts: Parts = {
    state: { get: () => share.state(), subscribe },
    figures: { get: () => share.figures(), subscribe },
  };
  known.set(share, parts);
  return parts;
}

/** Part of what a share is; the component is drawn again only when that part is another by `equal`. */
export function useShare<S>(
  share: Share,
  select: (state: ShareState) => S,
  equal?: (one: S, other: S) => boolean,
): S {
  return useSelected(partsOf(share).state, select, equal);
}

/** Figures by the key of the stream, as they change. */
export function useShareFigures(share: Share): ReadonlyMap<string, StreamFigures> {
  return useSelected(partsOf(share).figures, (all) => all);
}
