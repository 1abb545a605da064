// Pages with the module of the conferences in them: what the tests of the conferences themselves share.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildContract } from '../../vnet-web/scripts/build-contract.mjs';
import { person, poll } from './people.mjs';

/** Builds the module; `open` makes pages that have it as `window.contract`. */
export async function conferenceModule() {
  const folder = await mkdtemp(join(tmpdir(), 'vnet-contract-'));
  await buildContract(folder);
  const body = await readFile(join(folder, 'contract.js'));
  await rm(folder, { recursive: true, force: true });
  /** A signed-in person with the module in their page. */
  const open = async (browser, origin, name) => {
    const page = await person(browser, origin, name);
    await page.route('**/contract.js', (route) => route.fulfill({ contentType: 'text/javascript', body }));
    await load(page);
    return page;
  };
  return { open };
}

/** Loads the module into a page, which remembers the connections it makes. */
export async function load(page) {
  await page.evaluate(async () => {
    window.made = { sockets: [], connections: [] };
    const remember = (name, list) => {
      window[name] = class extends window[name] {
        constructor(...options) {
          super(...options);
          list.push(this);
        }
      };
    };
    remember('WebSocket', window.made.sockets);
    remember('RTCPeerConnection', window.made.connections);
    window.contract = await import('/contract.js');
  });
}

export const standing = (page) => page.evaluate(() => window.contract.standing());

/** Waits until it stands so with who sits in a page. */
export async function stands(page, what, check) {
  let last = null;
  await poll(`${page.username}: ${what}`, async () => {
    last = await standing(page);
    return Boolean(last && check(last));
  }, async () => JSON.stringify({ last, faults: page.faults }));
}

/** Waits until more pictures of somebody have come than now. */
export async function sees(page, name, more = 5) {
  const before = (await standing(page))?.frames[name] ?? 0;
  await stands(page, `more pictures of ${name}`, ({ frames }) => frames[name] !== undefined && (frames[name] >= before + more || frames[name] < before));
}
