// Shares of a meeting over the real server, in real browsers: who sends to whom, what comes and goes, and how soon.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { assertWell, launch, newPage, password } from './browser.mjs';
import { schedule } from './people.mjs';
import { startWithFrontEnd } from './server.mjs';

/** What is to be seen within a second is given more on a machine that encodes and decodes everything itself. */
const SOON = 2_500;

let browser;
let server;
let files;
let pages = [];
let names = 0;

before(async () => {
  [server, browser, files] = await Promise.all([startWithFrontEnd(), launch('--autoplay-policy=no-user-gesture-required'), bundle()]);
});

afterEach(async () => {
  await Promise.all(pages.map((page) => page.context().close()));
  pages = [];
});

after(async () => {
  await browser?.close();
  await server?.stop();
  if (files) await rm(files, { recursive: true });
});

/** Our code, built as the front end is, workers too; returns the folder. */
async function bundle() {
  const folder = await mkdtemp(join(tmpdir(), 'vnet-share-'));
  const { build } = await import(createRequire(new URL('../../vnet-web/package.json', import.meta.url)).resolve('vite'));
  await build({
    configFile: false,
    root: new URL('.', import.meta.url).pathname,
    base: './',
    logLevel: 'warn',
    worker: { format: 'es' },
    build: {
      target: 'es2023',
      outDir: folder,
      emptyOutDir: true,
      assetsDir: '.',
      modulePreload: { polyfill: false },
      rollupOptions: {
        input: new URL('share-engine-page.ts', import.meta.url).pathname,
        output: { entryFileNames: 'page.js' },
      },
    },
  });
  return folder;
}

/** A page with our code, under the security policy of the server. */
async function withCode(path) {
  const page = await newPage(browser, server.url);
  page.setDefaultTimeout(60_000);
  pages.push(page);
  // The server's shell and policy, but not its front end, which would show something by itself.
  await page.context().route(/\.js$/, async (route) => {
    const { pathname } = new URL(route.request().url());
    const isOurs = pathname.startsWith('/share-test/');
    const body = isOurs ? await readFile(join(files, pathname.split('/').at(-1)), 'utf8') : '';
    await route.fulfill({ contentType: 'text/javascript', body });
  });
  if (path) await load(page, path);
  return page;
}

async function load(page, path) {
  await page.goto(path);
  await page.evaluate(() => import('/share-test/page.js'));
}

/** Somebody with an account. */
async function person(name) {
  const page = await withCode(null);
  names += 1;
  await page.goto('/account/sign-up/');
  await page.getByLabel('Username').fill(`${name.toLowerCase()}_${names}`);
  await page.getByLabel('E-mail').fill(`${name.toLowerCase()}_${names}@example.org`);
  await page.getByLabel('First name').fill(name);
  await page.getByLabel('Last name').fill('Byron');
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByLabel('Password again').fill(password);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.waitForURL('**/account/');
  await load(page, '/meet/');
  return page;
}

/** Waits inside of a page; long, because pictures are encoded and decoded by a machine that may be busy. */
const until = (page, what, is, arg) => page.waitForFunction(is, arg, { timeout: 60_000, polling: 50 }).catch(async (error) => {
  const state = await page.evaluate(() => {
    const { share, seen, playing } = window.at ?? {};
    return JSON.stringify([share?.state(), [...(share?.figures() ?? [])], seen?.slice(-12), playing?.slice(-6)]);
  });
  throw new Error(`waited in vain until ${what}: ${error.message}; it is ${state}`);
});

/** A meeting that the first of these shares; the others are in it, with nobody to be seen. */
async function meeting(...people) {
  const [sharer, ...others] = await Promise.all(people.map(person));
  const code = await schedule(sharer);
  const meet = (page, name, count) => page.evaluate(async ([code, name, count]) => {
    window.at = await window.vnetShare.meet(code, name, count);
  }, [code, name, count]);
  await meet(sharer, people[0], 2);
  for (const [index, page] of others.entries()) await meet(page, people[index + 1], 0);
  for (const page of [sharer, ...others])
    await until(page, 'those nearby are known', (count) => window.at.share.state().nearby.length === count, others.length);
  await until(sharer, 'pictures play', () => window.at.conference.snapshot().streams.filter(({ source, state }) => source === 'camera' && state === 'playing').length === 2);
  await sharer.evaluate(() => window.at.share.open());
  await until(sharer, 'there is a code', () => /^\d{6}$/.test(window.at.share.state().role.code ?? ''));
  return { sharer, others, meet };
}

/** Asks by what is nearby, and is let in. */
async function receive(sharer, page) {
  await until(page, 'the share is offered', () => window.at.share.state().shares.length === 1);
  await page.evaluate(() => window.at.share.ask(window.at.share.state().shares[0].share));
  await admit(sharer, page);
}

async function admit(sharer, page) {
  await until(sharer, 'somebody asks', () => window.at.share.state().asked.length === 1);
  await sharer.evaluate(() => window.at.share.admit(window.at.share.state().asked[0].device));
  await until(page, 'one is in', () => window.at.share.state().role.kind === 'receiving');
}

/** What the sharer's meeting shows. */
const shown = (sharer) => sharer.evaluate(() => window.at.conference.snapshot().streams
  .filter(({ source, state }) => source === 'camera' && state === 'playing')
  .map(({ participant }) => window.at.conference.snapshot().participants.find(({ id }) => id === participant).name).sort());

/** Exactly these play, each with so many frames decoded. */
const plays = (page, expected, frames = 10) => until(page, `${expected} play`, ([expected, frames]) => {
  const figures = window.at.share.figures();
  const pictures = window.at.share.state().received.filter(({ source }) => source === 'camera');
  return pictures.map(({ name }) => name).sort().join() === expected.join() &&
    pictures.every(({ key, state }) => state === 'playing' && (figures.get(key)?.frames ?? 0) >= frames);
}, [expected, frames]);

/** When something happened in a page. */
const when = (page, list, what, key) => page.evaluate(
  ([list, what, key]) => window.at[list].findLast((one) => one.what === what && one.key === key)?.at ?? null,
  [list, what, key],
);

test('two receive what one shares, and follow what comes and goes at once', async () => {
  const { sharer, others } = await meeting('Ada', 'Bob', 'Cyd');
  for (const page of others) await receive(sharer, page);
  const all = await shown(sharer);
  assert.equal(all.length, 2);
  for (const page of others) await plays(page, all);
  const members = await sharer.evaluate(() => window.at.share.state().members);
  assert.deepEqual(members.map(({ depth, isSelf }) => [depth, isSelf]), [[0, true], [1, false], [1, false]]);
  await until(sharer, 'reports come', () => window.at.share.state().members.slice(1).every(({ way, streams }) => way === 'transcoded' && streams === 2));
  assert.equal(await others[0].evaluate(() => window.at.share.state().role.from.startsWith('ada')), true);

  const key = await sharer.evaluate(() => {
    const id = window.at.conference.room.add('Newcomer');
    window.at.show();
    return `${typeof id === 'string' ? id : window.at.conference.snapshot().participants.find(({ name }) => name === 'Newcomer').id}/camera`;
  });
  for (const page of others) await plays(page, [...all, 'Newcomer'].sort(), 1);
  const added = await when(sharer, 'playing', 'playing', key);
  for (const page of others) {
    const [listed, playing] = [await when(page, 'seen', 'listed', key), await when(page, 'seen', 'playing', key)];
    assert.ok(listed - added < 1_000, `listed after ${listed - added} ms`);
    assert.ok(playing - added < SOON, `playing after ${playing - added} ms`);
  }

  await sharer.evaluate((key) => window.at.conference.room.leave(key.split('/')[0]), key);
  for (const page of others) await plays(page, all, 20);
  const removed = await when(sharer, 'playing', 'gone', key);
  for (const page of others) {
    const gone = await when(page, 'seen', 'gone', key);
    assert.ok(gone - removed < 1_000, `gone after ${gone - removed} ms`);
    // Nothing else was touched.
    assert.deepEqual(await page.evaluate((key) => window.at.seen.filter((one) => one.key !== key && ['stalled', 'gone'].includes(one.what)), key), []);
  }
  await sharer.evaluate(() => window.at.share.stop());
  for (const page of others) await until(page, 'the end is told', () => window.at.share.state().problem === 'ended' && window.at.share.state().received.length === 0);
  for (const page of [sharer, ...others]) assertWell(page);
});

test('a receiver passes on what it gets, and when it goes its child gets it from the sharer', async () => {
  const { sharer, others: [relay, child] } = await meeting('Ada', 'Bob', 'Cyd');
  await receive(sharer, relay);
  const all = await shown(sharer);
  await plays(relay, all);
  await sharer.evaluate(() => window.at.sockets.at(-1).send(JSON.stringify({ type: 'capacity', children: 1 })));
  await receive(sharer, child);
  await plays(child, all);
  const role = await child.evaluate(() => window.at.share.state().role);
  assert.match(role.parent, /^bob/);
  assert.match(role.from, /^ada/);
  assert.equal(await relay.evaluate(() => window.at.share.state().cost.children), 1);
  assert.equal(await sharer.evaluate(() => window.at.share.state().cost.children), 1);
  // Chromium passes on what is compressed already.
  assert.deepEqual(await child.evaluate(() => [...new Set(window.at.share.state().received.map(({ way }) => way))]), ['encoded']);

  await relay.evaluate(() => window.at.share.stop());
  await until(child, 'the sharer is its parent', () => window.at.share.state().role.parent === null && window.at.share.state().role.connected);
  await plays(child, all);
  for (const page of [sharer, relay, child]) assertWell(page);
});

test('when the sharer is gone everything ends at once, and is told', async () => {
  const { sharer, others: [page] } = await meeting('Ada', 'Bob');
  await receive(sharer, page);
  await plays(page, await shown(sharer));
  const closed = await page.evaluate(() => window.vnetShare.now());
  await sharer.context().close();
  pages = pages.filter((one) => one !== sharer);
  await until(page, 'it is told', () => window.at.share.state().problem === 'left');
  assert.deepEqual(await page.evaluate(() => [window.at.share.state().received, window.at.share.state().role]), [[], { kind: 'idle' }]);
  const gone = await when(page, 'seen', 'problem', 'left');
  assert.ok(gone - closed < SOON, `told after ${gone - closed} ms`);
  assertWell(page);
});

test('a sharer whose connection to the server breaks shares with the same again, unasked', async () => {
  const { sharer, others: [page] } = await meeting('Ada', 'Bob');
  await receive(sharer, page);
  const all = await shown(sharer);
  await plays(page, all);
  await sharer.evaluate(() => window.at.sockets.at(-1).close());
  await until(page, 'it is told', () => window.at.seen.some(({ what, key }) => what === 'problem' && key === 'left'));
  await plays(page, all);
  assert.deepEqual(await sharer.evaluate(() => window.at.share.state().asked), []);
  for (const one of [sharer, page]) assertWell(one);
});

test('a second screen comes by code, sees, hears, and is put out', async () => {
  const { sharer } = await meeting('Ada');
  await sharer.evaluate(() => {
    const { conference } = window.at;
    for (const { id, isSelf } of conference.snapshot().participants) {
      if (isSelf) continue;
      conference.room.change(id, { level: 1 });
      conference.room.setMuted(id, 'microphone', false);
    }
  });
  const screen = await withCode('/meet/watch/');
  await screen.evaluate(() => { window.at = window.vnetShare.screen('Hall'); });
  const code = await sharer.evaluate(() => window.at.share.state().role.code);
  const wrong = code === '100000' ? '100001' : '100000';
  await screen.evaluate((code) => window.at.share.askByCode(code), wrong);
  await until(screen, 'a wrong code is told', () => window.at.share.state().problem === 'unknown-code');
  await screen.evaluate((code) => window.at.share.askByCode(code), code);
  await until(sharer, 'it asks', () => window.at.share.state().asked.some(({ name, viewer, by }) => name === 'Hall' && viewer && by === 'code'));
  await sharer.evaluate(() => window.at.share.refuse(window.at.share.state().asked[0].device));
  await until(screen, 'the refusal is told', () => window.at.share.state().problem === 'refused' && window.at.share.state().role.kind === 'idle');
  await screen.evaluate((code) => window.at.share.askByCode(code), await sharer.evaluate(() => window.at.share.state().role.code));
  await admit(sharer, screen);
  await plays(screen, await shown(sharer));
  await until(screen, 'voices are there', () => window.at.share.state().received.filter(({ source, state }) => source === 'microphone' && state === 'playing').length === 2);
  await until(screen, 'something is heard', async () => (await window.vnetShare.heard(window.at.connections)) > 1e-4);
  const apart = await screen.evaluate(() => window.at.share.state().received
    .filter(({ participant, media }) => media.getTracks().length !== 2 || window.at.share.state().received.some((one) => one.participant === participant && one.media !== media)).length);
  assert.equal(apart, 0, 'picture and voice of everybody are together');
  await sharer.evaluate(() => window.at.share.putOut(window.at.share.state().members.find(({ viewer }) => viewer).device));
  await until(screen, 'it is out', () => window.at.share.state().problem === 'put-out' && window.at.share.state().received.length === 0);
  for (const page of [sharer, screen]) assertWell(page);
});
