// Two people in front of the product's own pages, one in Chromium and one in Firefox.
import { after, before, test } from 'node:test';
import { assertWell, launch, signUp, slowDevices } from '../browser/browser.mjs';
import { launchFirefox, newFirefoxPage } from '../browser/firefox.mjs';
import { enter, press, sees, seesNobody, seesNoPicture, visitor, write } from '../browser/front.mjs';
import { poll, schedule } from '../browser/people.mjs';
import { startServerAt } from '../browser/server.mjs';
import { SERVER } from './network.mjs';

let server;
let chromium;
let firefox;

before(async () => {
  const limits = 'join=1000/1s,sign-up=1000/1s,token=1000/1s';
  // Firefox takes no address of loopback for media.
  [server, chromium, firefox] = await Promise.all([
    startServerAt('127.0.0.1:0', '--media-address', SERVER, '--limit', limits),
    launch(...slowDevices),
    launchFirefox(),
  ]);
});

after(async () => {
  await Promise.all([chromium?.close(), firefox?.close()]);
  await server?.stop();
});

const told = async (page) =>
  `${page.url()} reads: ${await page.evaluate(() => document.body.innerText)}\nfaults: ${JSON.stringify(page.faults)}`;

/**
 * How many pictures of somebody a page of Firefox has shown; `null`: there is no tile of theirs. Its
 * `getVideoPlaybackQuality` knows nothing of streams.
 */
const shown = (page, name) => page.evaluate((label) => {
  const tile = [...document.querySelectorAll('li[aria-label]')].find((one) => one.getAttribute('aria-label') === label);
  if (!tile) return null;
  return [...tile.querySelectorAll('video')].reduce((all, video) => all + video.mozPaintedFrames, 0);
}, name);

/** Waits until more of somebody's picture is shown in Firefox than now. */
async function showsMore(page, name, more = 5) {
  await poll(`Firefox has a tile of ${name}`, async () => (await shown(page, name)) !== null, () => told(page));
  const start = await shown(page, name);
  await poll(`Firefox sees ${name}`, async () => (await shown(page, name)) >= start + more, () => told(page));
}

async function joinInFirefox(page) {
  await page.getByRole('button', { name: 'Join now' }).click();
  await poll('Firefox is in', () => page.evaluate(() => document.querySelector('[role=toolbar]') !== null), () => told(page));
}

test('somebody in Firefox meets somebody in Chromium, writes, leaves and comes back', async () => {
  const ada = await visitor(chromium, server.url, 'ada_f');
  const bob = await newFirefoxPage(firefox, server.url);
  await signUp(bob, 'bob_f');
  const code = await schedule(ada);
  await enter(ada, code);
  await bob.goto(`/meet/conf/${code}/`);
  await joinInFirefox(bob);
  await sees(ada, 'bob_f');
  await showsMore(bob, 'ada_f');

  await bob.getByRole('button', { name: 'Chat' }).click();
  await bob.getByLabel('Write a message').fill('From the fox.');
  await bob.getByRole('button', { name: 'Send' }).click();
  await ada.getByText('From the fox.').first().waitFor();
  await write(ada, 'To the fox.');
  await bob.reads('To the fox.');

  await bob.getByRole('button', { name: 'Camera' }).click();
  await seesNoPicture(ada, 'bob_f');
  await bob.getByRole('button', { name: 'Camera' }).click();
  await sees(ada, 'bob_f');
  await press(ada, 'Camera');
  await bob.waitForFunction(() =>
    [...document.querySelectorAll('li[aria-label="ada_f"] video')]
      .every((video) => !video.checkVisibility({ visibilityProperty: true, opacityProperty: true })));
  await press(ada, 'Camera');
  await showsMore(bob, 'ada_f');

  await bob.getByRole('button', { name: 'Leave' }).click();
  await bob.reads('You left the meeting');
  await bob.reads('Data received');
  await seesNobody(ada, 'bob_f');
  await bob.getByRole('button', { name: 'Join again' }).click();
  await joinInFirefox(bob);
  await sees(ada, 'bob_f');
  await showsMore(bob, 'ada_f');
  for (const page of [ada, bob]) assertWell(page);
  await Promise.all([ada, bob].map((page) => page.context().close()));
});
