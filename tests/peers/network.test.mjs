// People whose networks are thin, change, or let little through.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { fakeDevices, launch } from '../browser/browser.mjs';
import { counts, enter, hears, joined, person, poll, schedule, sees, seesWidth, takes, until, described } from '../browser/people.mjs';
import { startServerAt } from '../browser/server.mjs';
import { Home, SERVER, allowUdp, blockUdp } from './network.mjs';

/** The certificate is the server's own. */
const insecure = { ignoreHTTPSErrors: true };
/** A line is found to be wide by trying, less and less often. */
const TO_RECOVER = 60_000;

let server;
let browser;
let opened = [];

before(async () => {
  const limits = 'join=1000/1s,sign-up=1000/1s,token=1000/1s';
  const media = ['--media-address', SERVER];
  [server, browser] = await Promise.all([
    startServerAt(`${SERVER}:0`, '--plain-pages', '--tls', 'self-signed', '--limit', limits, ...media),
    launch(...fakeDevices),
  ]);
});

afterEach(async () => {
  for (const close of opened.reverse()) await close();
  opened = [];
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** A host beside the server and a guest at a place of their own, who have a meeting. */
async function meet(names, place) {
  const home = await Home.open(place);
  opened.push(() => home.close());
  const away = await home.browser();
  opened.push(() => away.close());
  const [host, guest] = await Promise.all([
    person(browser, server.url, names[0], insecure),
    person(away, server.url, names[1], insecure),
  ]);
  opened.push(() => host.context().close());
  return { home, host, guest, code: await schedule(host) };
}

test('a thin line gets the smallest picture, and the larger one again when it is wide', async () => {
  const { home, host, guest, code } = await meet(['ada_t', 'bob_t'], 'thin');
  await Promise.all([enter(host, code), enter(guest, code)]);
  await seesWidth(guest, 'ada_t', (width) => width >= 640);
  // Too little for what is sent: on a machine that is slow to encode that takes less.
  await home.narrow(Math.min(300_000, await takes(guest, 'ada_t') * 2 / 3));
  await seesWidth(guest, 'ada_t', (width) => width === 320);
  await sees(guest, 'ada_t', 'camera', 30);
  await hears(guest, 'ada_t');
  await home.widen();
  await seesWidth(guest, 'ada_t', (width) => width >= 640, TO_RECOVER);
  await sees(guest, 'ada_t', 'camera', 30);
  const { joins, restarts } = await counts(guest);
  assert.deepEqual({ joins, restarts }, { joins: 1, restarts: 0 });
});

test('who moves to another network is there again without joining anew', async () => {
  const { home, host, guest, code } = await meet(['ada_m', 'bob_m'], 'moves');
  await Promise.all([enter(host, code), enter(guest, code)]);
  await Promise.all([sees(guest, 'ada_m'), sees(host, 'bob_m')]);
  await home.move();
  await poll('the addresses are negotiated anew', async () => (await counts(guest)).restarts >= 1, () => described(guest));
  await joined(guest);
  await Promise.all([sees(guest, 'ada_m', 'camera', 30), sees(host, 'bob_m', 'camera', 30)]);
  await Promise.all([hears(guest, 'ada_m'), hears(host, 'bob_m')]);
  const { joins, resumes } = await counts(guest);
  assert.equal(joins, 1);
  assert.ok(resumes >= 1, 'the socket of the old network is replaced');
  await until(host, 'the guest counts as connected', () => [...window.vnetTest.conference.participants.values()].every((one) => one.connected));
});

test('where no UDP goes through, sound and picture take TCP', async () => {
  const { host, guest, code } = await meet(['ada_u', 'bob_u'], 'walled');
  await blockUdp();
  opened.push(allowUdp);
  await Promise.all([enter(host, code), enter(guest, code)]);
  await Promise.all([sees(guest, 'ada_u', 'camera', 30), sees(host, 'bob_u', 'camera', 30)]);
  await Promise.all([hears(guest, 'ada_u'), hears(host, 'bob_u')]);
  const protocol = await guest.evaluate(async () => {
    const report = await window.vnetTest.conference.pc.getStats();
    const all = [...report.values()];
    const transport = all.find((one) => one.type === 'transport');
    return report.get(report.get(transport.selectedCandidatePairId).localCandidateId).protocol;
  });
  assert.equal(protocol, 'tcp');
});
