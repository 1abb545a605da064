// A stack that shares no code with browsers, and reports bandwidth in the old way (REMB).
import { execFile } from 'node:child_process';
import { after, afterEach, before, test } from 'node:test';
import { promisify } from 'node:util';
import { assertWell, slowDevices, launch } from '../browser/browser.mjs';
import { described, enter, hearsTone, person, schedule, sees, until } from '../browser/people.mjs';
import { startServer } from '../browser/server.mjs';
import { AiortcPeer } from './aiortc.mjs';
import { SERVER } from './network.mjs';

const TONE = 660;
/** What Chromium's fake microphone beeps. */
const BEEP = 400;

let server;
let browser;
let peer;
let people = [];

before(async () => {
  const limits = 'join=1000/1s,sign-up=1000/1s,token=1000/1s';
  [server, browser] = await Promise.all([startServer('--media-address', SERVER, '--limit', limits), launch(...slowDevices)]);
});

afterEach(async () => {
  peer?.kill();
  await Promise.all(people.map((page) => page.context().close()));
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

test('what the peer hears with is right about sounds that are known', async () => {
  const cwd = new URL('.', import.meta.url).pathname;
  await promisify(execFile)(process.env.VNET_PEERS_PYTHON, ['-B', '-m', 'unittest', 'hearing_test'], { cwd });
});

test('aiortc and browsers see and hear each other', async () => {
  people = await Promise.all(['ada_a', 'bob_a'].map((name) => person(browser, server.url, name)));
  const [ada, bob] = people;
  const code = await schedule(ada);
  await Promise.all(people.map((page) => enter(page, code)));
  peer = new AiortcPeer(server.url, 'aio_a', code, TONE);
  await peer.until('is connected', ({ state }) => state === 'connected');
  await Promise.all(people.map((page) => sees(page, 'aio_a', 'camera', 30)));
  await Promise.all(people.map((page) => hearsTone(page, 'aio_a', TONE)));
  // Both pictures at once: what it reports of one stream is no bound for all.
  await peer.until('sees two pictures', ({ pictures }) => Object.values(pictures).filter((count) => count >= 60).length === 2)
    .catch(async (error) => { throw new Error(`${error.message}\n${await described(ada)}\n${await described(bob)}`); });
  // Each voice by itself, and the beep is most of what it has in the band of speech.
  const beeps = ({ hertz, part }) => Math.abs(hertz - BEEP) < 20 && part > 0.5;
  await peer.until('hears both beep', ({ voices }) => Object.values(voices).filter(beeps).length === 2);
  await peer.leave();
  await until(ada, 'aiortc is gone', () => window.vnetTest.conference.participants.size === 2);
  for (const page of people) assertWell(page);
});
