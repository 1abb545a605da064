// What is measured of sharing on a local network, each in a world of its own.
import { enter, press, sees } from '../../tests/browser/front.mjs';
import { poll, schedule } from '../../tests/browser/people.mjs';
import { fakeDevices } from '../../tests/browser/browser.mjs';
import { connections, sendsToAtMost } from '../../tests/lan/media.mjs';
import { Office } from '../../tests/lan/office.mjs';
import { accepts, allows, clicks, closesPanel, codeOf, offers, opensPanel, parentsOf, receivesFromCloud, receivesLocally, receivesOnlyLocally, sharesByCode } from '../../tests/lan/share.mjs';
import { load } from './processor.mjs';
import { figure } from './report.mjs';
import { median, noted, notes, sends } from './source.mjs';

const pause = (seconds) => new Promise((done) => { setTimeout(done, seconds * 1_000); });
/** So long it takes until encoders and estimates of the line have settled, in seconds. */
const SETTLED = 8;

/** A world with a meeting in it, whose picture has a fixed rate; it ends when `work` has. */
async function inOffice(options, work) {
  const office = await Office.open();
  try {
    const far = await office.person('far', { site: office.elsewhere, flags: fakeDevices, prepare: (page) => sends(page, options) });
    office.code = await schedule(far);
    await enter(far, office.code);
    await work(office, far);
  } finally {
    await office.close();
  }
}

/** People of the site, in the meeting; the first one with `prepare`. */
async function gather(office, far, count, prepare) {
  const people = [];
  for (let number = 0; number < count; number += 1) {
    const page = await office.person(`at${number}`, number === 0 && prepare ? { prepare } : {});
    await office.enters(page);
    await sees(page, far.username);
    await notes(page, far.username);
    people.push(page);
  }
  return people;
}

/** The first one shares with the others, one after the other. */
async function share([sharer, ...others]) {
  await opensPanel(sharer);
  for (const page of others) {
    await clicks(sharer, `Share with ${page.username}`);
    await accepts(page, sharer);
    await receivesOnlyLocally(page);
  }
  await closesPanel(sharer);
}

/** Bytes that have come from the server to a page: all of them, and those of sound and of pictures with their headers. */
async function fromServer(page) {
  const { cloud } = await connections(page);
  const sum = (kind) => cloud.flatMap(({ streams }) => streams)
    .filter((one) => one.type === 'inbound-rtp' && one.kind === kind)
    .reduce((all, one) => all + (one.bytesReceived ?? 0) + (one.headerBytesReceived ?? 0), 0);
  return { all: cloud.reduce((all, one) => all + one.received, 0), sound: sum('audio'), pictures: sum('video') };
}

/** What people see, and what the site's line carries, for so many seconds. */
async function observe(office, people, seconds) {
  const served = await Promise.all(people.map(fromServer));
  const [before, from] = [await office.site.counted(), Date.now()];
  await pause(seconds);
  const [now, to] = [await office.site.counted(), Date.now()];
  const since = await Promise.all(people.map(fromServer));
  const rates = since.map((one, index) => Object.fromEntries(
    Object.entries(one).map(([what, bytes]) => [what, (bytes - served[index][what]) * 8 / (to - from)])));
  const each = await Promise.all(people.map((page) => noted(page, from, to)));
  return { rate: (now.down - before.down) * 8 / (now.at - before.at), each, rates };
}

const all = (each, field) => each.map((one) => one[field]);

/** What the line carries with and without sharing, and what people see: for so many people at the site. */
export async function saving(count, goal, { seconds, ...source }) {
  await inOffice(source, async (office, far) => {
    const people = await gather(office, far, count);
    await pause(SETTLED);
    const apart = await observe(office, people, seconds);
    await share(people);
    await pause(SETTLED);
    const together = await observe(office, people, seconds);
    const who = `${count} people`;
    figure(`${who}: site's downlink, each from the server`, [apart.rate], { unit: 'kbit/s' });
    figure(`${who}: site's downlink, shared`, [together.rate], { unit: 'kbit/s' });
    for (const [what, name] of [['all', 'in all'], ['sound', 'sound'], ['pictures', 'pictures']]) {
      figure(`${who}: still from the server to each receiver, ${name}`, together.rates.slice(1).map((one) => one[what]), { unit: 'kbit/s' });
    }
    figure(`${who}: saved`, [(1 - together.rate / apart.rate) * 100], { atLeast: goal, unit: '%', digits: 1, note: `at most ${(100 - 100 / count).toFixed(0)} %` });
    figure(`${who}: frames a second, each from the server`, all(apart.each, 'fps'), { digits: 1 });
    figure(`${who}: frames a second of receivers, shared`, all(together.each.slice(1), 'fps'),
      { digits: 1, atLeast: median(all(apart.each, 'fps')) * 0.95 });
    figure(`${who}: freezes a minute, each from the server`, all(apart.each, 'freezes').map((times) => times * 60 / seconds), { digits: 1 });
    figure(`${who}: freezes a minute of receivers, shared`, all(together.each.slice(1), 'freezes').map((times) => times * 60 / seconds), { digits: 1 });
    figure(`${who}: age of a picture when shown, each from the server`, all(apart.each, 'age'), { unit: 'ms' });
    figure(`${who}: the same of receivers, shared`, all(together.each.slice(1), 'age'), { unit: 'ms' });
    figure(`${who}: delay that sharing adds`, together.each.slice(1).map(({ age }) => age - together.each[0].age), { atMost: 100, unit: 'ms' });
  });
}

/** What each hop adds, in a chain: sharer, receiver, its receiver. */
export async function chain({ seconds, ...source }) {
  await inOffice(source, async (office, far) => {
    const people = await gather(office, far, 3, (page) => sendsToAtMost(page, 1));
    const [sharer, one] = people;
    await share(people);
    const [near] = await parentsOf(one);
    if (near !== sharer.host.address) throw new Error('this is no chain');
    await pause(SETTLED);
    const { each: [root, first, second] } = await observe(office, people, seconds);
    figure('chain: delay of the first hop', [first.age - root.age], { atMost: 100, unit: 'ms' });
    figure('chain: delay of the second hop', [second.age - first.age], { atMost: 100, unit: 'ms' });
    figure('chain: frames a second: sharer, first, second', [root.fps, first.fps, second.fps], { digits: 1 });
  });
}

/**
 * What it costs the sharer to send to so many, one way or the other. Pictures alone: people in the meeting have their voices from
 * the server. Those who receive decode, but show nothing, for on a machine that they share with the sharer they are many.
 *
 * In rounds, each between two looks at the sharer alone, whose mean is taken off: other machines on the same processors make
 * everything slower for minutes.
 */
export async function processor(way, counts, rounds, { seconds, ...source }) {
  if (counts.length === 0) return;
  const prepare = (page) => (way === 'encoded' ? null : page.addInitScript(() => { delete window.RTCRtpScriptTransform; }));
  await inOffice(source, async (office, far) => {
    await press(far, 'Microphone');
    // To look at its tiles would cost as much as to send them on.
    const sharer = await office.person('ada', { prepare, tiles: false });
    await office.enters(sharer);
    await sees(sharer, far.username);
    await opensPanel(sharer);
    await sharesByCode(sharer);
    await closesPanel(sharer);
    // To show it costs twice as much as to send it on, and is no part of that.
    await sharer.evaluate(hidePictures);
    const screens = await Promise.all(Array.from({ length: Math.max(...counts) }, () => office.screen()));
    const settles = async () => {
      await pause(SETTLED);
      await flows(sharer, source.fps);
    };
    const rest = async () => {
      await settles();
      return load(sharer.host, () => pause(seconds));
    };
    const found = new Map(counts.map((count) => [count, []]));
    const alone = [await rest()];
    for (let round = 0; round < rounds; round += 1) {
      const took = [];
      let watching = [];
      for (const count of counts) {
        await opensPanel(sharer);
        for (const screen of screens.slice(watching.length, count)) await watches(screen, sharer, `screen ${screens.indexOf(screen)} ${round}`);
        await closesPanel(sharer);
        watching = screens.slice(0, count);
        await settles();
        took.push([count, await observeSending(sharer, watching, seconds)]);
      }
      await Promise.all(watching.map((screen) => screen.goto('about:blank')));
      await poll('nobody receives', async () => (await parentsOf(sharer)).length === 0);
      alone.push(await rest());
      const without = (alone.at(-2) + alone.at(-1)) / 2;
      for (const [count, { all, ...received }] of took) found.get(count).push({ ...received, each: (all - without) * 100 / count });
    }
    figure(`sharer's processor, ${way}, without receivers`, alone.map((one) => one * 100), { unit: '% of a core', digits: 1 });
    for (const [count, each] of found) {
      figure(`sharer's processor for each receiver, ${way}, ${count} receivers`, each.map((one) => one.each),
        { unit: '% of a core', digits: 1, ...(way === 'encoded' && { atMost: 5 }) });
      figure(`frames a second of receivers, ${way}, ${count} receivers`, each.flatMap(({ frames }) => frames), { digits: 1 });
      figure(`what comes to each receiver, ${way}, ${count} receivers`, each.flatMap(({ rates }) => rates), { unit: 'kbit/s' });
    }
  });
}

/** A screen begins to watch what is shared; the sharer's panel is open. */
async function watches(screen, sharer, name) {
  await screen.goto('/meet/watch/');
  await screen.evaluate(hidePictures);
  await screen.getByLabel('Code', { exact: true }).fill(await codeOf(sharer));
  await screen.getByLabel('Name of this screen').fill(name);
  await clicks(screen, 'Watch');
  await allows(sharer, name);
  await receivesLocally(screen);
}

/** The shares of a core that a sharer takes, and what comes to those who receive, for so many seconds. */
async function observeSending(sharer, screens, seconds) {
  const [before, bytes] = [await Promise.all(screens.map(decoded)), await Promise.all(screens.map(received))];
  const all = await load(sharer.host, () => pause(seconds));
  const frames = (await Promise.all(screens.map(decoded))).map((now, index) => (now - before[index]) / seconds);
  const rates = (await Promise.all(screens.map(received))).map((now, index) => (now - bytes[index]) * 8 / 1_000 / seconds);
  return { all, frames, rates };
}

/** In the page. */
function hidePictures() {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('video { display: none !important }');
  document.adoptedStyleSheets.push(sheet);
}

/** Of all pictures that a page receives, one of their figures. */
const pictures = (page, figure) => page.evaluate(async (figure) => {
  const streams = (await window.connections()).flatMap((one) => one.streams);
  return streams.reduce((sum, one) => sum + (one.type === 'inbound-rtp' && one.kind === 'video' ? one[figure] ?? 0 : 0), 0);
}, figure);
const decoded = (page) => pictures(page, 'framesDecoded');
const received = (page) => pictures(page, 'bytesReceived');

/** Waits until a page gets as many pictures a second as are sent: many who decode may have kept some from it. */
const flows = (page, fps) => poll(`${page.username} gets ${fps} pictures a second`, async () => {
  const [before, at] = [await decoded(page), performance.now()];
  await pause(2);
  return (await decoded(page) - before) * 1_000 / (performance.now() - at) >= fps * 0.95;
});

/** How long after the death of the sharer the meeting's picture is there, so many times. */
export async function death(times, source) {
  await inOffice(source, async (office, far) => {
    const [receiver] = await gather(office, far, 1);
    const [after, still] = [[], []];
    for (let time = 0; time < times; time += 1) {
      const sharer = await office.person('ada');
      await office.enters(sharer);
      await sees(sharer, far.username);
      await offers(sharer);
      await accepts(receiver, sharer);
      await receivesOnlyLocally(receiver);
      await pause(2);
      const killed = Date.now();
      await sharer.host.kill();
      await receivesFromCloud(receiver);
      const { frames } = await noted(receiver, killed - 1_000, Date.now());
      const local = frames.findLast(([at]) => at < killed)?.[1];
      const first = frames.find(([at, stream]) => at >= killed && stream !== local)?.[0];
      after.push(first === undefined ? null : first - killed);
      still.push(Math.max(...frames.slice(1).map(([at], index) => at - frames[index][0])));
    }
    figure("from the sharer's death to the meeting's picture", after, { atMost: 1_000, each: true, unit: 'ms' });
    figure('longest time without a new picture meanwhile', still, { atMost: 1_000, each: true, unit: 'ms' });
  });
}
