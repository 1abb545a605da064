// The server of these tests, as people at a site find it.
import { startServerAt } from '../browser/server.mjs';
import { CLOUD, openWorld } from './network.mjs';

/** The certificate is the server's own. */
export const insecure = { ignoreHTTPSErrors: true };
const LIMITS = 'join=1000/1s,sign-up=1000/1s,token=1000/1s,write=1000/1s';

/** Starts the server in the world, over TLS unless `plain`. */
export async function startCloud({ plain = false } = {}) {
  await openWorld();
  const tls = plain ? [] : ['--tls', 'self-signed'];
  return startServerAt(`${CLOUD}:0`, '--media-address', CLOUD, '--limit', LIMITS, ...tls);
}
