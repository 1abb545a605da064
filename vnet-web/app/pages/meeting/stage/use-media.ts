import { useSyncExternalStore } from 'react';

/** Whether a media query holds. */
export function useMedia(query: string): boolean {
  const subscribe = (listener: () => void) => {
    const list = window.matchMedia(query);
    list.addEventListener('change', listener);
    return () => list.removeEventListener('change', listener);
  };
  return useSyncExternalStore(subscribe, () => window.matchMedia(query).matches);
}

/** A phone, upright or not: few controls, panels over everything. */
export const COMPACT = '(max-width: 47.99rem), (max-height: 30rem)';
export const useCompact = (): boolean => useMedia(COMPACT);
