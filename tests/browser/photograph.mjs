// Photographs every state of the front end, in light and dark, on desktop and phone.
//
//   cargo build --example server
//   node tests/browser/photograph.mjs OUT_DIR [LOOK …]     looks: desktop-light desktop-dark phone-light phone-dark
import { mkdir } from 'node:fs/promises';
import { join as path } from 'node:path';
import { fakeDevices, launch } from './browser.mjs';
import { visitor } from './front.mjs';
import { startWithFrontEnd } from './server.mjs';
import { companion, LOOKS, tour } from './tour.mjs';

const [out, ...wanted] = process.argv.slice(2);
if (!out) throw new Error('usage: photograph.mjs OUT_DIR [LOOK …]');
await mkdir(out, { recursive: true });
const limits = 'join=1000/1s,sign-up=1000/1s,token=1000/1s,write=1000/1s';
const [server, browser] = await Promise.all([startWithFrontEnd('--limit', limits), launch(...fakeDevices)]);
try {
  const other = await companion(browser, server, 'companion');
  for (const look of wanted.length ? wanted : Object.keys(LOOKS)) {
    const page = await visitor(browser, server.url, `photo_${look.replace('-', '_')}`, LOOKS[look]);
    await tour({ page, other }, (at, name) => at.screenshot({ path: path(out, `${name}-${look}.png`) }));
    await page.context().close();
  }
} finally {
  await browser.close();
  await server.stop();
}
