// Two engines in one meeting: Chromium and Firefox.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { assertWell, slowDevices, launch } from '../browser/browser.mjs';
import { FIREFOX_TONE, launchFirefox, newFirefoxPage } from '../browser/firefox.mjs';
import { counts, described, enter, hears, hearsTone, person, pin, poll, schedule, sees, seesWidth, signedIn } from '../browser/people.mjs';
import { startServer } from '../browser/server.mjs';
import { SERVER } from './network.mjs';

let server;
let chromium;
let firefox;
let people = [];

before(async () => {
  const limits = 'join=1000/1s,sign-up=1000/1s,token=1000/1s';
  // Firefox takes no address of loopback for media.
  [server, chromium, firefox] = await Promise.all([
    startServer('--media-address', SERVER, '--limit', limits),
    launch(...slowDevices),
    launchFirefox(),
  ]);
});

afterEach(async () => {
  await Promise.all(people.map((page) => page.context().close()));
  people = [];
});

after(async () => {
  await Promise.all([chromium?.close(), firefox?.close()]);
  await server?.stop();
});

/** Ada and Cyd in Chromium, Bob in Firefox, in a meeting of Ada's. */
async function meet(suffix) {
  const [ada, bob, cyd] = await Promise.all([
    person(chromium, server.url, `ada_${suffix}`),
    newFirefoxPage(firefox, server.url).then((page) => signedIn(page, `bob_${suffix}`)),
    person(chromium, server.url, `cyd_${suffix}`),
  ]);
  people = [ada, bob, cyd];
  const code = await schedule(ada);
  await Promise.all(people.map((page) => enter(page, code)));
  return people;
}

test('three people in two engines see and hear each other', async () => {
  const pages = await meet('e');
  const [ada, bob, cyd] = pages;
  const pairs = pages.flatMap((page) => pages.filter((other) => other !== page).map((other) => [page, other.username]));
  await Promise.all(pairs.map(([page, name]) => sees(page, name)));
  await Promise.all(pairs.map(([page, name]) => hears(page, name)));
  await Promise.all([ada, cyd].map((page) => hearsTone(page, bob.username, FIREFOX_TONE)));
  for (const page of pages) {
    assert.deepEqual(await counts(page), { offers: 1, joins: 1, resumes: 0, restarts: 0, sockets: 1 });
    assertWell(page);
  }
});

test('each gets the layer of Firefox that it has room for', async () => {
  const [ada, bob, cyd] = await meet('l');
  await ada.setViewportSize({ width: 360, height: 800 });
  await pin(cyd, bob.username);
  await Promise.all([
    seesWidth(ada, bob.username, (width) => width === 320),
    seesWidth(cyd, bob.username, (width) => width >= 640),
  ]);
  await Promise.all([ada, cyd].map((page) => sees(page, bob.username, 'camera', 30)));
  // What nobody looks at is not encoded.
  await poll('Firefox sends two layers of three', async () => {
    const before = await encoded(bob);
    await sees(cyd, bob.username, 'camera', 15);
    const now = await encoded(bob);
    const going = [...now].filter(([rid, frames]) => frames > (before.get(rid) ?? 0)).map(([rid]) => rid);
    return going.length === 2 && going.includes('l');
  }, () => described(bob));
});

/** How many pictures each layer of one's camera has had. */
async function encoded(page) {
  return new Map(await page.evaluate(async () => {
    const report = await window.vnetTest.conference.senders.get('camera').sender.getStats();
    return [...report.values()].filter((one) => one.type === 'outbound-rtp').map((one) => [one.rid, one.framesEncoded ?? 0]);
  }));
}
