/** How long another tab may take to say that it is in the meeting, and then to leave it; milliseconds. */
const ANSWER = 120;
const LEAVE = 3_000;

type Said =
  | { readonly say: 'mine'; readonly by: string }
  | { readonly say: 'leaving' | 'left'; readonly to: string };

/**
 * One identity must not be in calls from two tabs. Who comes later wins: the other tab is told, leaves, and says so.
 * Resolves when the identity is free; the returned function gives it up. Only tabs of this browser hear each other.
 */
export async function claimIdentity(identity: string, onTaken: () => Promise<void>): Promise<() => void> {
  if (typeof BroadcastChannel === 'undefined') return () => {};
  const channel = new BroadcastChannel(`vnet-acs:${identity}`);
  const me = crypto.getRandomValues(new Uint32Array(4)).join('-');
  /** Gave it up to another tab, which still waits to hear so. */
  let handing = false;
  const say = (said: Said) => channel.postMessage(said);
  const answer = new Promise<'nobody' | 'somebody'>((done) => {
    const timer = setTimeout(() => done('nobody'), ANSWER);
    channel.addEventListener('message', ({ data }: MessageEvent<Said>) => {
      if (data.say === 'leaving' && data.to === me) {
        clearTimeout(timer);
        done('somebody');
      }
    });
  });
  const gone = new Promise<void>((done) => {
    channel.addEventListener('message', ({ data }: MessageEvent<Said>) => {
      if (data.say === 'left' && data.to === me) done();
    });
  });
  channel.addEventListener('message', ({ data }: MessageEvent<Said>) => {
    if (data.say !== 'mine' || data.by === me || handing) return;
    handing = true;
    say({ say: 'leaving', to: data.by });
    void onTaken().finally(() => {
      say({ say: 'left', to: data.by });
      channel.close();
    });
  });
  say({ say: 'mine', by: me });
  if ((await answer) === 'somebody') {
    await Promise.race([gone, new Promise((done) => setTimeout(done, LEAVE))]);
  }
  return () => {
    if (!handing) channel.close();
  };
}
