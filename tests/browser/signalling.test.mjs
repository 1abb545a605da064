import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertWell, launch, newPage, signUp } from './browser.mjs';
import { startServer } from './server.mjs';

let browser;
let server;

before(async () => {
  [server, browser] = await Promise.all([startServer(), launch()]);
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** A signed-in page on the shell, which carries the address of the signalling server. */
async function peer(username) {
  const page = await newPage(browser, server.url);
  await signUp(page, username);
  await page.goto('/meet/');
  return page;
}

/**
 * One end of the pair protocol, as the contract tells it, run inside a page. Resolves with what came
 * over the data channel.
 */
function negotiate({ code, host, query }) {
  const base = document.getElementById('root').dataset.signallingServer;
  const socket = new WebSocket(`${base}${code}/${query}`);
  const connection = new RTCPeerConnection();
  const seen = [];
  const send = (type, content) => socket.send(JSON.stringify({ type, content, name: host ? 'Host' : 'Guest' }));
  window.vnetTest = { socket, connection, seen };
  return new Promise((done, failed) => {
    const finish = (channel) => {
      channel.onopen = () => channel.send(JSON.stringify({ type: host ? 'stream_ids' : 'streams_query', streams: [] }));
      channel.onmessage = ({ data }) => done({ got: JSON.parse(data), seen });
    };
    connection.onicecandidate = ({ candidate }) => candidate && send('candidate', candidate.toJSON());
    connection.ondatachannel = ({ channel }) => finish(channel);
    socket.onclose = ({ code, reason }) => failed(new Error(`closed ${code} ${reason}`));
    // One message after the other: a candidate may come while the description is being set.
    let before = Promise.resolve();
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      seen.push(message);
      before = before.then(() => handle(message)).catch(failed);
    };
    const early = [];
    async function handle(message) {
      if (message.sent_by === (host ? 'Host' : 'Guest')) return;
      if (message.type === 'signal_connected' && message.peers_count === 2 && host) {
        finish(connection.createDataChannel('streams'));
        await connection.setLocalDescription();
        send('offer', { descriptionMessage: connection.localDescription.toJSON(), metaData: [{ name: 'Screen', id: 'track-1' }] });
      } else if (message.type === 'offer') {
        await connection.setRemoteDescription(message.description.descriptionMessage);
        await connection.setLocalDescription();
        send('answer', connection.localDescription.toJSON());
      } else if (message.type === 'answer') {
        await connection.setRemoteDescription(message.description);
      } else if (message.type === 'candidate') {
        early.push(message.candidates);
      }
      if (connection.remoteDescription) {
        for (const candidate of early.splice(0)) await connection.addIceCandidate(candidate);
      }
    }
  });
}

async function connect(query, code) {
  const [host, guest] = await Promise.all([peer(`host_${code}`), peer(`guest_${code}`)]);
  const ends = await Promise.all([
    host.evaluate(negotiate, { code, host: true, query }),
    guest.evaluate(negotiate, { code, host: false, query }),
  ]);
  return { host, guest, ends };
}

test('two signed-in pages connect their browsers through a room', async () => {
  const { host, guest, ends } = await connect('?echo=off', '314159');
  assert.equal(ends[0].got.type, 'streams_query');
  assert.equal(ends[1].got.type, 'stream_ids');
  const offer = ends[1].seen.find((message) => message.type === 'offer');
  assert.deepEqual(offer.description.metaData, [{ name: 'Screen', id: 'track-1' }]);
  assert.equal(offer.sent_by, 'Host');
  assert.equal(offer.sender, 'host_314159');
  assert.ok(!ends[0].seen.some((message) => message.sent_by === 'Host'), 'no echo');
  assert.equal(await host.evaluate(() => window.vnetTest.connection.connectionState), 'connected');

  // The partner leaves; the media connection is the browsers' own, the room tells.
  const left = host.evaluate(() => new Promise((done) => {
    window.vnetTest.socket.onmessage = ({ data }) => done(JSON.parse(data));
  }));
  await guest.evaluate(() => { window.vnetTest.socket.onclose = null; window.vnetTest.socket.close(); });
  assert.deepEqual(await left, { type: 'signal_disconnected', code: '314159', peers_count: 1 });
  assertWell(host);
  assertWell(guest);
  await Promise.all([host.context().close(), guest.context().close()]);
});

test('a sender hears itself unless it says otherwise, and the pair still connects', async () => {
  const { host, guest, ends } = await connect('', '271828');
  assert.ok(ends[0].seen.some((message) => message.type === 'offer' && message.sender === 'host_271828'), 'the echo');
  assertWell(host);
  assertWell(guest);
  await Promise.all([host.context().close(), guest.context().close()]);
});

test('a third page is told that the room is full, and signing out closes the socket', async () => {
  const pages = [];
  for (const name of ['first_3', 'second_3', 'third_3']) pages.push(await peer(name));
  const enter = (page) => page.evaluate(() => new Promise((done) => {
    const socket = new WebSocket(`${document.getElementById('root').dataset.signallingServer}112358/`);
    window.vnetClosed = new Promise((end) => { socket.onclose = ({ code, reason }) => end({ code, reason }); });
    socket.onmessage = () => done('entered');
    window.vnetClosed.then(done);
  }));
  assert.equal(await enter(pages[0]), 'entered');
  assert.equal(await enter(pages[1]), 'entered');
  const refused = await enter(pages[2]);
  assert.equal(refused.code, 4409);
  assert.ok(refused.reason.length > 0);

  const ended = pages[0].evaluate(() => window.vnetClosed);
  await pages[0].evaluate(() => fetch('/account/sign-out/', { method: 'POST', redirect: 'manual' }));
  const { code, reason } = await ended;
  assert.ok(code >= 3000 || code === 1008, `closed by the server: ${code} ${reason}`);
  for (const page of pages) {
    assertWell(page);
    await page.context().close();
  }
});
