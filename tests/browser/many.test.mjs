// More pictures at once than a connection has places for at first: the front end asks for more, and all play on.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertWell, fakeDevices, launch, newPage } from './browser.mjs';
import { enter, sees, seesNobody, tile, visitor } from './front.mjs';
import { schedule } from './people.mjs';
import { startWithFrontEnd } from './server.mjs';

/** A connection has nine places at first. */
const MANY = 12;
/** Small pictures and few of them: a machine with two cores makes, forwards and shows all of them. */
const RATE = 5;
/** So long a picture may stand still on a busy machine, in milliseconds. */
const STILL = 2_500;

let browser;
let server;

before(async () => {
  const limits = 'join=1000/1s,sign-up=1000/1s,token=1000/1s,write=1000/1s';
  [server, browser] = await Promise.all([startWithFrontEnd('--limit', limits), launch(...fakeDevices)]);
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

test('twelve pictures play at once, steadily, and so do the rest when one of them goes', { timeout: 240_000 }, async () => {
  const ada = await visitor(browser, server.url, 'ada_y', { viewport: { width: 1280, height: 800 } });
  const code = await schedule(ada);
  const names = Array.from({ length: MANY }, (_, number) => `guest${number}_y`);
  const guests = [];
  for (const name of names) guests.push(await publisher(name, code));
  await enter(ada, code);
  await Promise.all(names.map((name) => sees(ada, name, 3)));
  await playSteadily(ada, names);

  // Who comes last takes the place of who goes.
  await guests[0].context().close();
  await seesNobody(ada, names[0]);
  names.splice(0, 1, 'late_y');
  guests.splice(0, 1, await publisher('late_y', code));
  await sees(ada, 'late_y', 3);
  await playSteadily(ada, names);
  for (const page of [ada, ...guests]) assertWell(page);
});

/** Waits for five seconds' worth of every picture; none stands still for long meanwhile. */
async function playSteadily(page, names) {
  const watched = names.map((name) => tile(page, name).locator('video:visible').first().evaluate(watch, RATE * 5));
  const gaps = await Promise.all(watched);
  const said = names.map((name, at) => `${name} ${Math.round(gaps[at])} ms`).join(', ');
  assert.ok(gaps.every((gap) => gap < STILL), `the longest time that each stood still: ${said}`);
}

/** In the page: the longest time between two frames of so many. */
function watch(video, frames) {
  return new Promise((done) => {
    let longest = 0;
    let last = performance.now();
    let left = frames;
    const look = (now) => {
      longest = Math.max(longest, now - last);
      last = now;
      left -= 1;
      if (left === 0) done(longest);
      else video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
  });
}

/** Somebody who sends a small painted picture and takes nothing, from a page without a front end. */
async function publisher(name, code) {
  const page = await newPage(browser, server.url);
  page.username = name;
  const form = { username: name, email: `${name}@example.org`, first_name: 'A', last_name: 'B', password: SECRET, password_2: SECRET };
  const made = await page.request.post('/account/sign-up/', { form, headers: { Origin: server.url } });
  assert.ok(made.ok(), `${name} has no account: ${made.status()}`);
  await page.goto('/account/');
  await page.evaluate(publish, { code, rate: RATE });
  return page;
}

const SECRET = 'correct horse battery staple';

/** In the page: enters the meeting and sends; done when media flows. */
async function publish({ code, rate }) {
  const canvas = Object.assign(document.createElement('canvas'), { width: 160, height: 90 });
  const pen = canvas.getContext('2d');
  let count = 0;
  setInterval(() => {
    pen.fillStyle = `hsl(${(count += 23) % 360} 60% 50%)`;
    pen.fillRect(0, 0, 160, 90);
  }, 1_000 / rate);
  const [track] = canvas.captureStream(rate).getTracks();
  const connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  const { sender } = connection.addTransceiver(track, { direction: 'sendonly' });
  await connection.setLocalDescription(await connection.createOffer());
  const { mid } = connection.getTransceivers().find((one) => one.sender === sender);
  const entry = await (await fetch(`/meeting/meetings/${code}/join/`, { method: 'POST' })).json();
  const socket = new WebSocket(entry.url);
  const flows = new Promise((done, failed) => {
    connection.addEventListener('connectionstatechange', () => {
      if (connection.connectionState === 'connected') done();
      if (connection.connectionState === 'failed') failed(new Error('no media'));
    });
    socket.addEventListener('close', ({ code, reason }) => failed(new Error(`the server closed: ${code} ${reason}`)));
  });
  socket.addEventListener('message', ({ data }) => {
    const said = JSON.parse(data);
    if (said.type === 'welcome') void connection.setRemoteDescription({ type: 'answer', sdp: said.answer });
  });
  socket.addEventListener('open', () => socket.send(JSON.stringify({
    type: 'join', id: 1, version: 1, ticket: entry.ticket,
    offer: connection.localDescription.sdp, publish: [{ source: 'camera', mid }],
  })));
  await flows;
}
