// The site itself: what it lets through and what not, before anything is shared there.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { newPage, slowDevices } from '../browser/browser.mjs';
import { newFirefoxPage } from '../browser/firefox.mjs';
import { enter, sees, visitor } from '../browser/front.mjs';
import { poll, schedule } from '../browser/people.mjs';
import { connections, pictures, watched } from './media.mjs';
import { Site } from './network.mjs';
import { connects, gated, lacks } from './plain-link.mjs';
import { insecure, startCloud } from './world.mjs';

let server;
let opened = [];

before(async () => { server = await startCloud(); });

afterEach(async () => {
  for (const close of opened.reverse()) await close();
  opened = [];
});

after(async () => { await server?.stop(); });

async function openSite(options) {
  const site = await Site.open(options);
  opened.push(() => site.close());
  return site;
}

/** A page of the server in a Chromium of its own at a site: one that hides its addresses, unless `open`. */
async function pageAt(site, { open = false, flags = [] } = {}) {
  const host = await site.host();
  const browser = await (open ? host.chromium(...flags) : host.hidingChromium(...flags));
  opened.push(() => browser.close());
  const page = await newPage(browser, server.url, insecure);
  await page.goto('/account/sign-in/');
  return Object.assign(page, { host });
}

test('three people at one site meet; what comes to them is what came over its line', async () => {
  const site = await openSite();
  const people = await Promise.all(['ada_w', 'bob_w', 'cyd_w'].map(async (name) => {
    const host = await site.host();
    const browser = await host.chromium(...slowDevices);
    opened.push(() => browser.close());
    return watched(await visitor(browser, server.url, name, insecure));
  }));
  const code = await schedule(people[0]);
  for (const page of people) await enter(page, code);
  const pairs = people.flatMap((page) => people.filter((other) => other !== page).map((other) => [page, other.username]));
  await Promise.all(pairs.map(([page, name]) => sees(page, name)));
  const received = async () => {
    const all = await Promise.all(people.map(connections));
    assert.deepEqual(all.map(({ local }) => local), [[], [], []], 'everything comes from the server');
    return all.flatMap(({ cloud }) => cloud).reduce((sum, one) => sum + one.received, 0);
  };
  const [counted, before] = [await site.counted(), await received()];
  await Promise.all(pairs.map(([page, name]) => sees(page, name, 50)));
  const [received2, counted2] = [await received(), await site.counted()];
  const [told, came] = [received2 - before, counted2.down - counted.down];
  assert.ok(pictures((await connections(people[0])).cloud).frames > 0);
  // Headers of packets, and what else the pages say, are on the line only.
  assert.ok(told > 50_000 && came > told && came < told * 1.6, `${told} bytes were received, ${came} came over the line`);
});

test('neighbours reach each other, until the network keeps them apart', async () => {
  const site = await openSite();
  const [one, other] = await Promise.all([pageAt(site, { open: true }), pageAt(site, { open: true })]);
  await connects(one, other);
  await site.isolate();
  await lacks(one, other);
  await site.isolate(false);
  await connects(one, other);
});

test('devices that hide find each other by multicast alone, unless one of them does not hide', async () => {
  const site = await openSite();
  const [hidden, other, told] = await Promise.all([pageAt(site), pageAt(site), pageAt(site, { open: true })]);
  await site.blockMulticast();
  await lacks(hidden, other);
  await connects(told, hidden);
  await site.allowMulticast();
  await connects(hidden, other);
});

test('browsers that guard their local network need the permission of one of them', async () => {
  const site = await openSite();
  const [one, other] = await Promise.all([pageAt(site, { open: true, flags: gated }), pageAt(site, { open: true, flags: gated })]);
  await lacks(one, other);
  await one.context().grantPermissions(['local-network-access'], { origin: server.url });
  await connects(one, other);
  await connects(other, one);
});

test('who moves to another site reaches the server, and no former neighbour', async () => {
  const [office, street] = await Promise.all([openSite(), openSite()]);
  const [one, other] = await Promise.all([pageAt(office, { open: true }), pageAt(office, { open: true })]);
  await connects(one, other);
  await other.host.plugInto(street);
  await poll('the page comes over the other line', async () => {
    const before = await street.counted();
    await other.goto('/account/sign-in/');
    return (await street.counted()).down > before.down + 1_000;
  });
  await lacks(one, other);
  assert.ok(await one.evaluate(async () => (await fetch('/healthz')).ok));
});

test('what is killed at a site is gone at once, and Firefox lives there, too', async () => {
  const site = await openSite();
  const host = await site.host();
  const [firefox, chromium] = await Promise.all([host.firefox(), pageAt(site, { open: true })]);
  const page = await newFirefoxPage(firefox, server.url);
  await page.goto('/account/sign-in/');
  await connects(chromium, page);
  const gone = new Promise((done) => { firefox.once('disconnected', done); });
  await host.kill();
  await gone;
  const closed = new Promise((done) => { chromium.context().browser().once('disconnected', done); });
  await chromium.host.kill();
  await closed;
  assert.deepEqual([await host.processes(), await chromium.host.processes()], [[], []]);
});
