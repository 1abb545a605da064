import { useSyncExternalStore } from 'react';

export const canFullScreen = (): boolean => document.fullscreenEnabled === true;
export const isFullScreen = (): boolean => document.fullscreenElement !== null;

/** The whole page, so that menus and messages stay visible. */
export async function toggleFullScreen(): Promise<void> {
  try {
    if (isFullScreen()) await document.exitFullscreen();
    else await document.documentElement.requestFullscreen();
  } catch {
    // The browser wants another gesture: nothing happens, and the next click works.
  }
}

function subscribe(listener: () => void): () => void {
  document.addEventListener('fullscreenchange', listener);
  return () => document.removeEventListener('fullscreenchange', listener);
}

export const useFullScreen = (): boolean => useSyncExternalStore(subscribe, isFullScreen);
