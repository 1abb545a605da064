// The front end's conference on a connection that breaks: the socket, the network, the media, the server.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { assertWell, fakeDevices, launch } from './browser.mjs';
import { conferenceModule, load, sees, standing, stands } from './contract.mjs';
import { schedule } from './people.mjs';
import { startServer } from './server.mjs';

let browser;
let server;
let host;
let guest;
let code;

before(async () => {
  const limits = 'join=1000/1s,sign-up=1000/1s,token=1000/1s,write=1000/1s';
  [server, browser] = await Promise.all([startServer('--limit', limits), launch(...fakeDevices)]);
  const { open } = await conferenceModule();
  [host, guest] = await Promise.all(['ada_x', 'bob_x'].map((name) => open(browser, server.url, name)));
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

beforeEach(async () => {
  await Promise.all([host, guest].map((page) => page.evaluate(() => {
    window.made.sockets.length = 0;
    window.made.connections.length = 0;
  })));
  code = await schedule(host);
  await Promise.all([host, guest].map((page) => page.evaluate((meeting) => window.contract.sit(meeting), code)));
  await Promise.all([sees(host, 'bob_x'), sees(guest, 'ada_x')]);
});

afterEach(async () => {
  await Promise.all([host, guest].map((page) => page.evaluate(() => window.contract.rise())));
  for (const page of [host, guest]) page.faults.length = 0;
});

const connections = (page) => page.evaluate(() => window.made.connections.length);
const sockets = (page) => page.evaluate(() => window.made.sockets.length);

test('a socket that is cut is resumed: media goes on, and what was missed comes', async () => {
  await guest.evaluate(() => {
    window.real = window.WebSocket;
    window.WebSocket = class extends EventTarget {
      static CONNECTING = 0;
      static OPEN = 1;
      readyState = 0;
      constructor() {
        super();
        setTimeout(() => this.dispatchEvent(new CloseEvent('close', { code: 1006 })), 20);
      }
      close() {}
    };
    window.made.sockets.at(-1).close(4000);
  });
  await stands(guest, 'the loss is noticed', ({ state, what }) => state === 'reconnecting' && what === 'server');
  await stands(host, 'the others see it', ({ people }) => !people.includes('bob_x'));
  await sees(guest, 'ada_x');
  await host.evaluate(() => window.contract.say('said meanwhile'));
  await guest.evaluate(() => { window.WebSocket = window.real; });
  await stands(guest, 'it is resumed', ({ state, chat }) => state === 'joined' && chat.includes('said meanwhile'));
  await stands(host, 'the others see it', ({ people }) => people.includes('bob_x'));
  await Promise.all([sees(host, 'bob_x'), sees(guest, 'ada_x')]);
  assert.equal(await connections(guest), 1);
  for (const page of [host, guest]) assertWell(page);
});

test('over another network one goes on by a restart of the addresses', async () => {
  const addresses = () => guest.evaluate(() => window.made.connections[0].localDescription.sdp.match(/a=ice-ufrag:(.*)/)[1]);
  const old = await addresses();
  await guest.evaluate(() => window.dispatchEvent(new Event('online')));
  await stands(guest, 'it is resumed', ({ state }) => state === 'joined');
  await sees(guest, 'ada_x', 10);
  await sees(host, 'bob_x', 10);
  assert.notEqual(await addresses(), old);
  assert.deepEqual([await connections(guest), await sockets(guest)], [1, 2]);
  await stands(guest, 'all is well', ({ state }) => state === 'joined');
  for (const page of [host, guest]) assertWell(page);
});

test('media that is beyond help is made anew', async () => {
  await guest.evaluate(() => window.made.connections[0].close());
  await stands(guest, 'the loss is noticed', ({ state, what }) => state === 'reconnecting' && what === 'media');
  await stands(guest, 'it is back', ({ state }) => state === 'joined');
  await Promise.all([sees(host, 'bob_x'), sees(guest, 'ada_x')]);
  assert.deepEqual([await connections(guest), await sockets(guest)], [2, 1]);
  for (const page of [host, guest]) assertWell(page);
});

test('a page that is loaded anew is one person, at once', async () => {
  await guest.reload();
  await load(guest);
  await guest.evaluate((meeting) => window.contract.sit(meeting), code);
  await sees(guest, 'ada_x');
  await stands(host, 'there are two people', ({ people }) => people.length === 2 && people.includes('bob_x'));
  await sees(host, 'bob_x');
  assert.deepEqual((await standing(guest)).people.toSorted(), ['ada_x', 'bob_x']);
});

test('a restarted server is joined again by itself', async () => {
  await host.evaluate(() => window.contract.say('before the restart'));
  await stands(guest, 'it is read', ({ chat }) => chat.length === 1);
  await server.restart();
  await Promise.all([host, guest].map((page) => stands(page, 'one is back', ({ state, people }) => state === 'joined' && people.length === 2)));
  await Promise.all([sees(host, 'bob_x'), sees(guest, 'ada_x')]);
  assert.deepEqual((await standing(guest)).chat, ['before the restart']);
});
