// Compressed frames that are sent on, in Chromium.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { assertWell, launch, newPage } from './browser.mjs';
import { servePages } from './encoded-pages.mjs';
import * as scenes from './encoded-scenes.mjs';

let browser;
let server;
let pages = [];

before(async () => {
  [server, browser] = await Promise.all([servePages(), launch('--autoplay-policy=no-user-gesture-required')]);
});

afterEach(async () => {
  await Promise.all(pages.map((page) => page.context().close()));
  pages = [];
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

async function open() {
  const page = await newPage(browser, server.url);
  page.setDefaultTimeout(60_000);
  pages.push(page);
  await page.goto('/');
  await page.waitForFunction(() => window.encoded);
  return page;
}

test('Chromium can send on VP8', async () => {
  const page = await open();
  assert.deepEqual(await page.evaluate(() => window.encoded.support()), { codecs: ['vp8'] });
});

for (const [name, scene] of [
  ['three receive what one receives, bit for bit', scenes.fanOut],
  ['who comes late has a picture soon', scenes.lateJoin],
  ['a real track goes through the same section, and back', scenes.passThrough],
  ['frames go over two hops', scenes.secondHop],
  ['another track in the same receiver is followed', scenes.otherTrack],
]) {
  test(name, async () => {
    const page = await open();
    await scene(page);
    await page.evaluate(() => window.encoded.close());
    assertWell(page);
  });
}
