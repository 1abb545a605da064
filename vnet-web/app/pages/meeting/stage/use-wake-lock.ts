import { useEffect } from 'react';

/** The screen stays on for as long as the component is there. */
export function useWakeLock(): void {
  useEffect(() => {
    // Old browsers have none, whatever the types say.
    const api = navigator.wakeLock as WakeLock | undefined;
    if (!api) return;
    let over = false;
    let lock: WakeLockSentinel | null = null;
    const take = async () => {
      if (document.hidden || over || (lock && !lock.released)) return;
      try {
        lock = await api.request('screen');
        if (over) await lock.release();
      } catch {
        // Low battery, or not allowed: the screen goes off as ever.
      }
    };
    const again = () => void take();
    again();
    // The browser takes it back whenever the page is hidden.
    document.addEventListener('visibilitychange', again);
    return () => {
      over = true;
      document.removeEventListener('visibilitychange', again);
      lock?.release().catch(() => {});
    };
  }, []);
}
