// Compressed frames that are sent on, in Firefox, and between the engines.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { assertWell, launch, newPage } from '../browser/browser.mjs';
import { servePages } from '../browser/encoded-pages.mjs';
import * as scenes from '../browser/encoded-scenes.mjs';
import { launchFirefox, newFirefoxPage } from '../browser/firefox.mjs';
import { poll } from '../browser/people.mjs';

let chromium;
let firefox;
let server;
let pages = [];

before(async () => {
  [server, chromium, firefox] = await Promise.all([
    servePages(),
    launch('--autoplay-policy=no-user-gesture-required'),
    launchFirefox(),
  ]);
});

afterEach(async () => {
  await Promise.all(pages.map((page) => page.context().close()));
  pages = [];
});

after(async () => {
  await Promise.all([chromium?.close(), firefox?.close()]);
  await server?.stop();
});

async function open(engine) {
  const page = engine === 'firefox' ? await newFirefoxPage(firefox, server.url) : await newPage(chromium, server.url);
  pages.push(page);
  await page.goto('/');
  await page.waitForFunction(() => Boolean(window.encoded));
  return page;
}

test('Firefox can send on VP8', async () => {
  const page = await open('firefox');
  assert.deepEqual(await page.evaluate(() => window.encoded.support()), { codecs: ['vp8'] });
});

for (const [name, scene] of [
  ['three receive what one receives, bit for bit', scenes.fanOut],
  ['who comes late has a picture soon', scenes.lateJoin],
  ['a real track goes through the same section, and back', scenes.passThrough],
  ['frames go over two hops', scenes.secondHop],
  ['another track in the same receiver is followed', scenes.otherTrack],
]) {
  test(`Firefox: ${name}`, async () => {
    const page = await open('firefox');
    await scene(page);
    await page.evaluate(() => window.encoded.close());
    assertWell(page);
  });
}

for (const [ends, middle] of [['chromium', 'firefox'], ['firefox', 'chromium']]) {
  test(`${middle} sends on from ${ends} to ${ends}`, async () => {
    const [outer, inner] = [await open(ends), await open(middle)];
    await scenes.across(outer, inner);
    for (const page of [outer, inner]) assertWell(page);
  });
}

test('a page of Firefox that nobody looks at sends on', async () => {
  const context = await firefox.createBrowserContext();
  try {
    const ends = await open('chromium');
    const middle = await context.newPage();
    await middle.goto(server.url);
    await (await context.newPage()).bringToFront();
    await poll('the page is hidden', () => middle.evaluate(() => Boolean(window.encoded) && document.visibilityState === 'hidden'));
    await scenes.across(ends, middle);
    assert.equal(await middle.evaluate(() => document.visibilityState), 'hidden');
    assertWell(ends);
  } finally {
    await context.close();
  }
});
