// Measures what it costs a Chromium to send a picture on, encoded anew or as it came: percent of one core that
// its whole browser takes, frames a second at those who receive, and how long frames wait in it.
//
//   node tests/browser/measure-relay.mjs [WAY …]    ways: none, encoded, transcoded; all of them without words
//
// BITS (1000000), NOISE (40), LINE (what each line may carry: what the carrier asks for), RECEIVERS ("1 2 4 8") and
// DURATION (10 s) can be given. The source and all receivers are in a second browser on the same machine, which has
// to have cores to spare.
import { readdirSync, readFileSync } from 'node:fs';
import { launch, newPage } from './browser.mjs';
import { servePages } from './encoded-pages.mjs';
import { decodes, figures } from './encoded-scenes.mjs';

const BITS = Number(process.env.BITS ?? 1_000_000);
const NOISE = Number(process.env.NOISE ?? 40);
const LINE = Number(process.env.LINE ?? 0);
const RECEIVERS = (process.env.RECEIVERS ?? '1 2 4 8').split(' ').map(Number);
const DURATION = Number(process.env.DURATION ?? 10);
const TICKS_A_SECOND = 100;
const pause = (seconds) => new Promise((done) => { setTimeout(done, seconds * 1_000); });

/** Processes that this one has started, and theirs. */
function descendants() {
  const parents = new Map();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const fields = statOf(pid);
    if (fields) parents.set(pid, fields[1]);
  }
  const found = new Set([String(process.pid)]);
  for (let size = 0; size !== found.size;) {
    size = found.size;
    for (const [pid, parent] of parents) if (found.has(parent)) found.add(pid);
  }
  return found;
}

/** What the kernel tells of a process, after its name. */
function statOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ');
  } catch {
    return null;
  }
}

const ticks = (pids) => pids.reduce((sum, pid) => {
  const fields = statOf(pid);
  return sum + (fields ? Number(fields[11]) + Number(fields[12]) : 0);
}, 0);

const server = await servePages();
for (const way of process.argv.length > 2 ? process.argv.slice(2) : ['none', 'encoded', 'transcoded']) {
  for (const receivers of way === 'none' ? [0] : RECEIVERS) await measure(way, receivers);
}
await server.stop();

async function measure(way, receivers) {
  const flag = '--autoplay-policy=no-user-gesture-required';
  const others = descendants();
  const relaying = await launch(flag);
  const relay = await newPage(relaying, server.url);
  await relay.goto('/');
  const pids = [...descendants()].filter((pid) => !others.has(pid));
  const around = await launch(flag);
  const outer = await newPage(around, server.url);
  await outer.goto('/');
  for (const page of [relay, outer]) await page.waitForFunction(() => window.encoded);

  await outer.evaluate((noise) => window.encoded.paint('camera', { width: 1280, height: 720, noise }), NOISE);
  const offer = await outer.evaluate(() => window.encoded.offerSource('relay-out', 'camera'));
  const answer = await relay.evaluate((sdp) => window.encoded.answer('relay', sdp), offer);
  await outer.evaluate((sdp) => window.encoded.accept('relay-out', sdp), answer);
  await outer.evaluate((bits) => window.encoded.limit('relay-out', bits), BITS);
  await decodes(relay, ['relay'], 60);
  const names = Array.from({ length: receivers }, (_, index) => `r${index}`);
  for (const name of names) {
    const [onwards, offered] = [`${name}-out`, way === 'encoded' ? 'offerOn' : 'offerAnew'];
    const sdp = await relay.evaluate(([name, offered]) => window.encoded[offered](name, 'relay'), [onwards, offered]);
    const accepted = await outer.evaluate(([name, sdp]) => window.encoded.answer(name, sdp, { plays: false }), [name, sdp]);
    await relay.evaluate(([name, sdp]) => window.encoded.accept(name, sdp), [onwards, accepted]);
  }
  for (const name of LINE ? names : []) await relay.evaluate(([name, bits]) => window.encoded.limit(name, bits), [`${name}-out`, LINE]);
  if (receivers > 0) await decodes(outer, names, 60);

  const before = { ticks: ticks(pids), at: performance.now(), ...(await counted()) };
  await pause(DURATION);
  const after = { ticks: ticks(pids), at: performance.now(), ...(await counted()) };
  const seconds = (after.at - before.at) / 1_000;
  const rate = (key) => (after[key] - before[key]) / seconds;
  const mean = (all) => all.reduce((sum, one) => sum + one, 0) / Math.max(1, all.length);
  console.log(JSON.stringify({
    way,
    receivers,
    cpuPercent: Math.round((rate('ticks') / TICKS_A_SECOND) * 100),
    sourceFps: round(rate('source')),
    fps: round(mean(after.frames.map((count, index) => (count - before.frames[index]) / seconds))),
    sourceKbits: Math.round(rate('bytes') * 8 / 1_000),
    lagMs: round(mean(after.carriers.map(({ lag }) => lag))),
    workerMsAFrame: round(mean(after.carriers.map(({ cpuMs }, index) => cpuMs - before.carriers[index].cpuMs)) / (after.source - before.source), 3),
    pacedMsAPacket: round(mean(after.out.map(({ delay, packets }, index) => (delay - before.out[index].delay) * 1_000 / (packets - before.out[index].packets)))),
    freeKbits: after.out.map(({ free }) => Math.round(free / 1_000)),
    keyFrames: after.keys - before.keys,
  }));
  await relaying.close();
  await around.close();

  async function counted() {
    const { framesDecoded, bytesReceived, keyFramesDecoded } = await figures(relay, 'relay');
    const frames = await Promise.all(names.map(async (name) => (await figures(outer, name)).framesDecoded ?? 0));
    const carriers = way === 'encoded'
      ? await Promise.all(names.map((name) => relay.evaluate((name) => window.encoded.carrier(name), name))) : [];
    const out = await Promise.all(names.map(async (name) => {
      const { totalPacketSendDelay: delay, packetsSent: packets } = await figures(relay, `${name}-out`);
      const all = await relay.evaluate((name) => window.encoded.reports(name), `${name}-out`);
      const free = Math.max(0, ...all.map(({ availableOutgoingBitrate }) => availableOutgoingBitrate ?? 0));
      return { delay, packets, free };
    }));
    return { source: framesDecoded, bytes: bytesReceived, keys: keyFramesDecoded, frames, carriers, out };
  }
}

function round(value, digits = 1) {
  return Number(value.toFixed(digits));
}
