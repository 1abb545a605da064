// Sharing on one network over the real server: our pages with each other, and both ways with the original's messages.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, afterEach, before, test } from 'node:test';
import { assertWell, launch, newPage, signUp } from './browser.mjs';
import { installOriginal } from './original.mjs';
import { startServer } from './server.mjs';

let browser;
let server;
let module;
let pages = [];

before(async () => {
  [server, browser, module] = await Promise.all([startServer(), launch('--autoplay-policy=no-user-gesture-required'), bundle()]);
});

afterEach(async () => {
  await Promise.all(pages.map((page) => page.context().close()));
  pages = [];
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Our code as one script. */
async function bundle() {
  const { rolldown } = await import(createRequire(new URL('../../vnet-web/package.json', import.meta.url)).resolve('rolldown'));
  const build = await rolldown({ input: new URL('lan-page.ts', import.meta.url).pathname, platform: 'browser' });
  const { output } = await build.generate({ format: 'iife', codeSplitting: false });
  await build.close();
  return output[0].code;
}

async function pageOf(username) {
  const page = await newPage(browser, server.url);
  page.setDefaultTimeout(60_000);
  pages.push(page);
  await signUp(page, username);
  await page.goto('/meet/');
  await page.evaluate(module);
  await page.evaluate(installOriginal);
  return page;
}

/** Waits inside of a page; long, because pictures are encoded and decoded by a machine that may be busy. */
const until = (page, what, is, arg) => page.waitForFunction(is, arg, { timeout: 60_000 }).catch(async (error) => {
  const state = await page.evaluate(() => {
    const lan = window.at?.lan;
    return JSON.stringify([lan?.state(), [...(lan?.figures() ?? [])], document.visibilityState]);
  });
  throw new Error(`waited in vain until ${what}: ${error.message}; it is ${state}`);
});

/** Shares from our page; returns the code. */
async function share(page, name, people) {
  return page.evaluate(async ([name, people]) => {
    window.at = await window.vnetLan.meet(name, people);
    window.at.lan.share();
    return window.at.lan.state().code;
  }, [name, people]);
}

async function receive(page, name, code) {
  await page.evaluate(async ([name, code]) => {
    window.at = await window.vnetLan.meet(name, 0);
    window.at.lan.receive(code);
  }, [name, code]);
}

/** Our page shows exactly these, each with so many frames decoded. */
const receives = (page, names, frames = 10) =>
  until(page, `${names} are received`, ([names, frames]) => {
    const state = window.at.lan.state();
    const figures = window.at.lan.figures();
    const shown = state.received.map(({ key, name }) => ({ name, frames: figures.get(key)?.frames ?? 0, bytes: figures.get(key)?.bytes ?? 0 }));
    return shown.map(({ name }) => name).sort().join() === [...names].sort().join() && shown.every((one) => one.frames >= frames && one.bytes > 0);
  }, [names, frames]);

const othersOf = (page) => page.evaluate(() => window.at.conference.snapshot().participants.filter(({ isSelf }) => !isSelf).map(({ name }) => name));

test('two of our pages share a meeting, which changes meanwhile', async () => {
  const [host, guest] = await Promise.all([pageOf('ada_lan'), pageOf('bob_lan')]);
  const code = await share(host, 'Ada', 2);
  assert.match(code, /^[1-9]\d{5}$/);
  await receive(guest, 'Bob', code);
  const others = await othersOf(host);
  assert.equal(others.length, 2);
  await receives(guest, others);
  assert.equal(await guest.evaluate(() => window.at.lan.state().link.peer), 'Ada');
  await host.evaluate(() => {
    window.at.conference.room.add('Newcomer');
    window.at.show();
  });
  await receives(guest, [...others, 'Newcomer']);
  await host.evaluate((name) => {
    const { conference } = window.at;
    conference.room.leave(conference.snapshot().participants.find((one) => one.name === name).id);
  }, others[0]);
  await receives(guest, [others[1], 'Newcomer'], 30);
  await host.evaluate(() => window.at.lan.stop());
  await until(guest, 'the end is noticed', () => window.at.lan.state().link.phase === 'waiting' && window.at.lan.state().received.length === 0);
  for (const page of [host, guest]) assertWell(page);
});

test('an original receives what we share, and sees what comes and goes', async () => {
  const [host, guest] = await Promise.all([pageOf('ada_old'), pageOf('bob_old')]);
  const code = await share(host, 'Ada', 2);
  await guest.evaluate((code) => { window.old = window.original.guest(code, 'Bob'); }, code);
  const shows = (names, frames = 10) => until(guest, `${names} are shown`, async ([names, frames]) => {
    const decoded = await window.original.decoded(window.old);
    return Object.keys(decoded).sort().join() === [...names].sort().join() && Object.values(decoded).every((count) => count >= frames);
  }, [names, frames]);
  const others = await othersOf(host);
  await shows(others);
  await host.evaluate(() => {
    window.at.conference.room.add('Newcomer');
    window.at.show();
  });
  await shows([...others, 'Newcomer']);
  await host.evaluate((name) => {
    const { conference } = window.at;
    conference.room.leave(conference.snapshot().participants.find((one) => one.name === name).id);
  }, others[0]);
  await shows([others[1], 'Newcomer'], 20);
  // It asks with what it knows; only a difference is answered. News that were still on their way come first.
  const names = [others[1], 'Newcomer'].sort().join();
  await until(guest, 'its channel is open', () => window.old.channel?.readyState === 'open');
  await guest.evaluate(() => {
    window.told = [];
    window.old.channel.addEventListener('message', ({ data }) => window.told.push(JSON.parse(data)));
    window.old.channel.send(JSON.stringify({ type: 'streams_query', streams: window.old.known }));
    window.old.channel.send(JSON.stringify({ type: 'streams_query', streams: [] }));
  });
  await until(guest, `${names} are told`, (names) => window.told.at(-1)?.streams.map(({ name }) => name).sort().join() === names, names);
  const told = await guest.evaluate(() => window.told.at(-1));
  assert.equal('act' in told, false);
  assert.equal(await host.evaluate(() => window.at.lan.state().link.peer), 'Bob');
  assertWell(host);
});

test('we receive what an original shares, but not our own picture, and follow its changes', async () => {
  const [host, guest] = await Promise.all([pageOf('ada_org'), pageOf('bob_org')]);
  await host.evaluate(() => { window.old = window.original.host('415926', 'Ada', ['Ada', 'Bob', 'Cyd']); });
  await until(host, 'the room is open', () => window.old.seen.length > 0);
  await receive(guest, 'Bob', '415926');
  await receives(guest, ['Ada', 'Cyd']);
  await host.evaluate(() => window.old.become(['Cyd', 'Dee']));
  await receives(guest, ['Cyd', 'Dee']);
  await host.evaluate(() => window.old.connection.close());
  await host.evaluate(() => window.old.socket.close());
  await until(guest, 'the end is noticed', () => window.at.lan.state().link.phase !== 'connected');
  assertWell(guest);
});

test('a room that is full is told', async () => {
  const page = await pageOf('ada_full');
  await page.evaluate(() => { window.others = [1, 2].map((number) => window.original.guest('271828', `Old ${number}`)); });
  await until(page, 'the room is full', () => window.others.every(({ seen }) => seen.length > 0));
  await receive(page, 'Ada', '271828');
  await until(page, 'it is told', () => window.at.lan.state().link.problem === 'taken' && window.at.lan.state().link.over);
  assertWell(page);
});
