/** What `navigator.connection` has where it exists. */
interface NetworkInformation extends EventTarget {
  /** `wifi`, `cellular`, …; missing where the browser does not tell. */
  readonly type?: string;
}

/** Tells that the network has become another one, until the returned function is called. */
export function watchNetwork(moved: () => void): () => void {
  const ending = new AbortController();
  const { signal } = ending;
  window.addEventListener('online', () => moved(), { signal });
  const { connection } = navigator as Navigator & { readonly connection?: NetworkInformation };
  let type = connection?.type;
  const changed = () => {
    // It also fires when the estimated speed has changed.
    if (connection?.type === type) return;
    type = connection?.type;
    if (type !== 'none') moved();
  };
  connection?.addEventListener('change', changed, { signal });
  return () => ending.abort();
}

/** Tells that the page goes away, until the returned function is called. */
export function watchPage(goes: () => void): () => void {
  const listener = () => goes();
  window.addEventListener('pagehide', listener);
  return () => window.removeEventListener('pagehide', listener);
}
