// Measures the front end in Chromium: how soon one sees somebody, whether 25 tiles leave the page responsive,
// and whether memory stays flat while people come and go.
//
//   VNET_SERVER=target/release/examples/server node tests/browser/measure.mjs [join] [tiles] [sfu] [memory]
//
// Without words it measures all of them. Everything runs on this machine: the server, the browsers, and those
// who send and receive. ROUNDS says how many rounds `memory` has (60); VERBOSE also what holds on to what grows.
import { fakeDevices, launch, slowDevices } from './browser.mjs';
import { enter, inside, press, sees, seesNobody, visitor } from './front.mjs';
import { grown, snapshot } from './heap.mjs';
import { poll, schedule } from './people.mjs';
import { startWithFrontEnd } from './server.mjs';

const LIMITS = 'join=1000/1s,sign-up=1000/1s,token=1000/1s,write=1000/1s';
const STEADY_MS = 20_000;
/** Rounds after which a page has compiled and kept what it needs; what grows later leaks. */
const WARM = 10;
const desk = { viewport: { width: 1280, height: 800 } };
const measures = { join: measureJoin, tiles: measureTiles, sfu: measureSfu, memory: measureMemory };
const pause = (milliseconds) => new Promise((done) => { setTimeout(done, milliseconds); });

const asked = process.argv.slice(2);
const server = await startWithFrontEnd('--limit', LIMITS);
try {
  for (const [name, measure] of Object.entries(measures)) {
    if (asked.length === 0 || asked.includes(name)) await measure();
  }
} finally {
  await server.stop();
}

/** From the click on "Join now" to the first picture of somebody who is there. */
async function measureJoin() {
  const browser = await launch(...slowDevices);
  const ada = await visitor(browser, server.url, 'ada_m', desk);
  const bob = await visitor(browser, server.url, 'bob_m', desk);
  const code = await schedule(ada);
  await enter(ada, code);
  const times = [];
  for (let round = 0; round < 10; round += 1) {
    await bob.goto(`/meet/conf/${code}/`);
    const button = bob.getByRole('button', { name: 'Join now' });
    await button.waitFor();
    // What one looks at before one joins.
    await pause(1_500);
    await bob.evaluate(watchFirstFrame, 'ada_m');
    await button.click();
    await poll('the first picture is there', () => bob.evaluate(() => window.firstFrame > 0), () => bob.evaluate(() => document.body.innerText));
    times.push(Math.round(await bob.evaluate(() => window.firstFrame)));
    if (process.env.VERBOSE) console.log(times.at(-1));
    await press(bob, 'Leave');
    await seesNobody(ada, 'bob_m');
  }
  await browser.close();
  times.sort((one, other) => one - other);
  console.log(`join: click to first remote frame, ms: median ${(times[4] + times[5]) / 2}; all ${times.join(' ')}`);
}

/** In the page: remembers how long after the next click the first picture of somebody was presented. */
function watchFirstFrame(name) {
  window.firstFrame = 0;
  addEventListener('click', () => {
    const start = performance.now();
    const seen = new WeakSet();
    const look = () => {
      const video = document.querySelector(`li[aria-label="${name}"] video`);
      if (video && !seen.has(video)) {
        seen.add(video);
        video.requestVideoFrameCallback((now) => { window.firstFrame ||= now - start; });
      }
      if (!window.firstFrame) requestAnimationFrame(look);
    };
    look();
  }, { once: true, capture: true });
}

/** 24 others who are drawn in the page itself, which costs its main thread what a network would not. */
async function measureTiles() {
  const browser = await launch(...fakeDevices);
  const page = await visitor(browser, server.url, 'eve_m', desk);
  await page.route('**/meet/**', async (route) => {
    const answer = await route.fetch();
    const body = (await answer.text()).replace('id="root"', 'id="root" data-fake="true"');
    await route.fulfill({ response: answer, body });
  });
  await page.goto('/meet/');
  await page.getByText('Stand-up').first().waitFor();
  const code = await page.evaluate(() =>
    Object.values(sessionStorage).flatMap((kept) => JSON.parse(kept)).find(({ title }) => title === 'Stand-up').meeting_id);
  await page.goto(`/meet/conf/${code}/?people=24`);
  await page.getByRole('button', { name: 'Join now' }).click();
  await inside(page);
  await steady(browser, page, 'tiles: 25, painted in the page');
  await browser.close();
}

/** Others who come through the server, from a browser of their own. */
async function measureSfu() {
  const [browser, theirs] = await Promise.all([launch(...slowDevices), launch(...slowDevices)]);
  const page = await visitor(browser, server.url, 'fay_m', desk);
  const code = await schedule(page);
  await enter(page, code);
  const names = Array.from({ length: 4 }, (_, number) => `guest${number}_m`);
  for (const name of names) {
    const guest = await visitor(theirs, server.url, name, { viewport: { width: 480, height: 400 } });
    await enter(guest, code);
    await sees(page, name);
  }
  await steady(browser, page, `sfu: ${names.length + 1} tiles through the server`);
  await Promise.all([browser.close(), theirs.close()]);
}

/** What the main thread of a page does when nobody comes or goes. */
async function steady(browser, page, what) {
  await pause(8_000);
  const count = (what) => page.locator(what).count();
  const shown = `${await count('li[data-tile]')} tiles, ${await count('li[data-tile] video:visible')} pictures`;
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline', '__metadata'] });
  const mark = `steady-${Date.now()}`;
  await page.evaluate((name) => console.timeStamp(name), mark);
  await pause(STEADY_MS);
  const trace = JSON.parse((await browser.stopTracing()).toString());
  const events = trace.traceEvents ?? trace;
  const stamp = events.find(({ name, args }) => name === 'TimeStamp' && args?.data?.message === mark);
  if (!stamp) throw new Error('the trace knows nothing of this page');
  const tasks = events.filter(({ name, ph, pid, tid, ts }) =>
    /RunTask$/.test(name) && ph === 'X' && pid === stamp.pid && tid === stamp.tid && ts >= stamp.ts);
  const milliseconds = (field) => tasks.map((task) => (task[field] ?? 0) / 1_000).sort((one, other) => other - one);
  const [wall, cpu] = [milliseconds('dur'), milliseconds('tdur')];
  const over = (all) => all.filter((each) => each > 50).length;
  const busy = cpu.reduce((all, one) => all + one, 0) / STEADY_MS;
  const longest = (all) => all.slice(0, 3).map((each) => each.toFixed(1)).join(' ');
  console.log(`${what}: ${shown}, ${tasks.length} tasks in ${STEADY_MS / 1_000} s; over 50 ms: ${over(wall)} by the clock (longest ${longest(wall)}), ${over(cpu)} by CPU (longest ${longest(cpu)}); main thread ${(busy * 100).toFixed(0)} % busy`);
}

/** One page stays open while its person and another one leave and come back, again and again. */
async function measureMemory() {
  const rounds = Number(process.env.ROUNDS ?? 60);
  const browser = await launch(...slowDevices);
  const theirs = await launch(...slowDevices);
  const ada = await visitor(browser, server.url, 'kim_m', desk);
  const bob = await visitor(theirs, server.url, 'lee_m', { viewport: { width: 480, height: 400 } });
  // Nobody's leaving asks anything: the host is not there.
  const code = await schedule(await visitor(theirs, server.url, 'may_m'));
  const session = await ada.context().newCDPSession(ada);
  await ada.goto(`/meet/conf/${code}/`);
  await bob.goto(`/meet/conf/${code}/`);
  const heaps = [];
  let warm;
  for (let round = 1; round <= rounds; round += 1) {
    const start = Date.now();
    await rejoin(ada, round);
    await rejoin(bob, round);
    await sees(ada, 'lee_m', 2);
    await press(bob, 'Leave');
    await seesNobody(ada, 'lee_m');
    await press(ada, 'Leave');
    await ada.getByRole('button', { name: 'Join again' }).waitFor();
    if (process.env.VERBOSE) console.log(round, Date.now() - start);
    if (round % 5 === 0 || round === rounds) {
      const { heap, said } = await memory(session);
      console.log(`memory: round ${round}: ${said}`);
      if (round >= WARM) heaps.push([round, heap]);
    }
    if (round === WARM && rounds > WARM) warm = await snapshot(session);
  }
  if (warm) tellGrowth(heaps, warm, await snapshot(session), rounds - WARM);
  await Promise.all([browser.close(), theirs.close()]);
}

/** How the heap goes on once it is warm, and of what there is one more at least every second round. */
function tellGrowth(heaps, warm, last, rounds) {
  const later = heaps.slice(Math.floor(heaps.length / 2));
  if (later.length > 1)
    console.log(`memory: ${(slope(later) / 1e3).toFixed(1)} kB a round from round ${later[0][0]} on`);
  const classes = grown(warm, last, rounds / 2);
  for (const { name, more, bytes, newest } of classes.slice(0, 30)) {
    console.log(`  + ${more} ${name}, ${(bytes / 1e3).toFixed(1)} kB`);
    if (process.env.VERBOSE) console.log(`      ${last.held(newest)}`);
  }
  if (classes.length === 0) console.log('  no class of objects grows by one every second round');
}

/** Of the straight line that fits best (least squares). */
function slope(points) {
  const mean = (values) => values.reduce((all, one) => all + one, 0) / values.length;
  const [x, y] = [0, 1].map((at) => mean(points.map((point) => point[at])));
  const over = points.reduce((all, point) => all + (point[0] - x) * (point[1] - y), 0);
  return over / points.reduce((all, point) => all + (point[0] - x) ** 2, 0);
}

async function rejoin(page, round) {
  if (round > 1) await page.getByRole('button', { name: 'Join again' }).click();
  await page.getByRole('button', { name: 'Join now' }).click();
  await inside(page);
}

async function memory(session) {
  // What ended a moment ago lets go of it a little later.
  await pause(1_500);
  for (let time = 0; time < 3; time += 1) await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  const { nodes, jsEventListeners, documents } = await session.send('Memory.getDOMCounters');
  const said = `heap ${(usedSize / 1e6).toFixed(2)} MB, ${nodes} nodes, ${jsEventListeners} listeners, ${documents} documents`;
  return { heap: usedSize, said };
}
