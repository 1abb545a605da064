// Compressed frames that are sent on, in Chromium.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import puppeteer from 'puppeteer-core';
import { assertWell, chromiumPath, launch, newPage } from './browser.mjs';
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
  ['pictures keep the rhythm in which they were taken', scenes.rhythm],
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

test('a page that nobody looks at sends on', async () => {
  // Pages in the background are hidden only there, and throttled only without these flags.
  const tabs = await puppeteer.launch({
    executablePath: chromiumPath(),
    args: ['--no-sandbox', '--disable-gpu', '--allow-loopback-in-peer-connection', '--disable-features=WebRtcHideLocalIpsWithMdns'],
    ignoreDefaultArgs: ['--disable-background-timer-throttling', '--disable-backgrounding-occluded-windows', '--disable-renderer-backgrounding'],
  });
  try {
    const ends = await open();
    const middle = await tabs.newPage();
    await middle.goto(server.url);
    await (await tabs.newPage()).bringToFront();
    await middle.waitForFunction(() => window.encoded && document.visibilityState === 'hidden', { polling: 50 });
    await scenes.across(ends, middle);
    assert.equal(await middle.evaluate(() => document.visibilityState), 'hidden');
    assertWell(ends);
  } finally {
    await tabs.close();
  }
});

test('what comes is seen also where the worker cannot be loaded', async () => {
  const page = await newPage(browser, server.url);
  pages.push(page);
  await page.route('**/worker-*.js', (route) => route.abort());
  await page.goto('/');
  await page.waitForFunction(() => window.encoded);
  await page.evaluate(async () => {
    window.encoded.paint('camera');
    await window.encoded.source('relay', 'camera');
  });
  await scenes.decodes(page, ['relay']);
  assert.deepEqual(await page.evaluate(() => window.encoded.support()), { codecs: [] });
  assertWell(page, /ERR_FAILED/);
});
