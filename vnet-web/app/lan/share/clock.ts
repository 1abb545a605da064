/**
 * A clock that goes on in a hidden page, whose own timers are slowed down to one tick a second: a worker's are not.
 *
 * @returns a function that stops it
 */
export function startClock(every: number, tick: () => void): () => void {
  const started = workerThat(`setInterval(() => postMessage(0), ${every});`);
  if (!started) {
    const timer = setInterval(tick, every);
    return () => clearInterval(timer);
  }
  const { worker, address } = started;
  worker.addEventListener('message', tick);
  return () => {
    worker.terminate();
    URL.revokeObjectURL(address);
  };
}

function workerThat(does: string): { readonly worker: Worker; readonly address: string } | null {
  try {
    const address = URL.createObjectURL(new Blob([does], { type: 'text/javascript' }));
    return { worker: new Worker(address), address };
  } catch {
    // A browser, or a policy of the page, that allows none.
    return null;
  }
}
