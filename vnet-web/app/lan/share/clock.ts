/**
 * A clock that goes on in a hidden page, whose own timers are slowed down to one tick a second: a worker's are not. While
 * the page is seen its own timer does, which costs no thread.
 *
 * @returns a function that stops it
 */
export function startClock(every: number, tick: () => void): () => void {
  let stop = () => {};
  const turn = () => {
    stop();
    stop = document.visibilityState === 'hidden' ? tickFromWorker(every, tick) : tickHere(every, tick);
  };
  turn();
  document.addEventListener('visibilitychange', turn);
  return () => {
    document.removeEventListener('visibilitychange', turn);
    stop();
  };
}

function tickHere(every: number, tick: () => void): () => void {
  const timer = setInterval(tick, every);
  return () => clearInterval(timer);
}

function tickFromWorker(every: number, tick: () => void): () => void {
  const started = workerThat(`setInterval(() => postMessage(0), ${every});`);
  if (!started) return tickHere(every, tick);
  const { worker, address } = started;
  let stop = () => {
    worker.terminate();
    URL.revokeObjectURL(address);
  };
  worker.addEventListener('message', tick);
  // A policy of the page that allows none.
  worker.addEventListener('error', () => {
    stop();
    stop = tickHere(every, tick);
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
