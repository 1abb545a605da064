/**
 * A clock that goes on in a hidden page, whose own timers are slowed down to one tick a second: a worker's are not.
 *
 * @returns a function that stops it
 */
export function startClock(every: number, tick: () => void): () => void {
  let stop = () => {};
  const own = () => {
    const timer = setInterval(tick, every);
    stop = () => clearInterval(timer);
  };
  const started = workerThat(`setInterval(() => postMessage(0), ${every});`);
  if (!started) {
    own();
    return () => stop();
  }
  const { worker, address } = started;
  stop = () => {
    worker.terminate();
    URL.revokeObjectURL(address);
  };
  worker.addEventListener('message', tick);
  // A policy of the page that allows none.
  worker.addEventListener('error', () => {
    stop();
    own();
  });
  return () => stop();
}

function workerThat(does: string): { readonly worker: Worker; readonly address: string } | null {
  try {
    const address = URL.createObjectURL(new Blob([does], { type: 'text/javascript' }));
    return { worker: new Worker(address), address };
  } catch {
    // A browser that has none.
    return null;
  }
}
