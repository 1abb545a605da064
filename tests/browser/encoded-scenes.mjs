// What must hold for compressed frames that are sent on, in any engine. Each scene is given a page of `encoded-pages.mjs`.
import assert from 'node:assert/strict';
import { poll } from './people.mjs';

const SINKS = ['one', 'two', 'three'];

/** Waits until these have decoded so many pictures more than now. */
export async function decodes(page, names, more = 15) {
  const before = await Promise.all(names.map((name) => decoded(page, name)));
  await poll(`${names} decode`, async () => {
    const now = await Promise.all(names.map((name) => decoded(page, name)));
    return now.every((count, index) => count >= before[index] + more);
  }, () => described(page));
}

export const figures = (page, name) => page.evaluate((name) => window.encoded.figures(name), name);
const decoded = async (page, name) => (await figures(page, name)).framesDecoded ?? 0;

/** What the page knows, for a test that fails. */
export const described = (page) => page.evaluate(async () => {
  const { connections, figures, carrier } = window.encoded;
  const all = await Promise.all(connections().map(async (name) => {
    const { framesDecoded, framesReceived, framesEncoded, framesSent, keyFramesDecoded, pliCount, frameWidth } = await figures(name);
    return { name, framesDecoded, framesReceived, framesEncoded, framesSent, keyFramesDecoded, pliCount, frameWidth, ...carrier(name) };
  }));
  return JSON.stringify(all);
});

/** Waits until these show pictures of that width. */
export const widthIs = (page, names, width) => poll(`${names} are ${width} wide`, async () => {
  const now = await Promise.all(names.map((name) => figures(page, name)));
  return now.every(({ frameWidth }) => frameWidth === width);
}, () => described(page));

/** A source that plays already when the first asks for its frames. */
async function sourceOf(page, size = {}, options = {}) {
  await page.evaluate(async ([size, options]) => {
    window.encoded.paint('camera', size);
    await window.encoded.source('relay', 'camera', { watched: true, ...options });
  }, [size, options]);
  await decodes(page, ['relay']);
}

const relay = (page, name, from = 'relay', options = {}) =>
  page.evaluate(([name, from, options]) => window.encoded.relay(name, from, options), [name, from, options]);

/** How many of the frames that left `from` since now arrive at `names`, bit for bit, over so many of them. */
async function share(page, from, names, count) {
  return page.evaluate(async ([from, names, count]) => {
    const { seen } = window.encoded;
    const hashes = (name, begin = 0) => new Set(seen(name).slice(begin).map(({ hash }) => hash));
    const begin = seen(from).length;
    const until = async (is) => { while (!is()) await new Promise((next) => { setTimeout(next, 20); }); };
    await until(() => seen(from).length >= begin + count + 30);
    const sent = hashes(from);
    const since = [...new Set(seen(from).slice(begin, begin + count).map(({ hash }) => hash))];
    return names.map((name) => {
      const got = hashes(name);
      const arrived = since.filter((hash) => got.has(hash)).length / since.length;
      return { name, arrived, foreign: [...got].filter((hash) => !sent.has(hash)).length };
    });
  }, [from, names, count]);
}

/** Three receive what one receives, as it came. */
export async function fanOut(page) {
  await sourceOf(page);
  for (const name of SINKS) await relay(page, name, 'relay', { watched: true });
  await decodes(page, SINKS);
  const before = await Promise.all([...SINKS, 'relay'].map((name) => decoded(page, name)));
  await wellShared(page, 'relay-out', SINKS, 150);
  const after = await Promise.all([...SINKS, 'relay'].map((name) => decoded(page, name)));
  const source = after[3] - before[3];
  assert.ok(source > 40, `the source is too slow to tell: ${source}`);
  SINKS.forEach((name, index) => {
    const share = (after[index] - before[index]) / source;
    assert.ok(share > 0.9, `${name} decoded ${share} of the frames`);
  });
  await widthIs(page, SINKS, 640);
  for (const name of SINKS) await counts(page, name);
  const carriers = await page.evaluate((names) => names.map((name) => window.encoded.carrier(name)), SINKS);
  for (const { lag, unfit } of carriers) {
    assert.ok(lag < 100, `frames wait ${lag} ms`);
    assert.equal(unfit, false);
  }
}

/** The pictures that are shown are those of the source, in their order. */
async function counts(page, name) {
  const [shown, painted] = await page.evaluate((name) => [window.encoded.numbers(name).slice(-40), window.encoded.painted('camera')], name);
  assert.ok(shown.length > 20, `${name} shows pictures`);
  for (let index = 1; index < shown.length; index++) assert.ok(shown[index] >= shown[index - 1], `${name} shows ${shown}`);
  assert.ok(shown.at(-1) <= painted && shown.at(-1) > painted - 60, `${name} shows ${shown.at(-1)} of ${painted}`);
}

/** Who comes late has a picture soon, because a key frame is asked for at the source. */
export async function lateJoin(page, within = 1_500) {
  await sourceOf(page);
  await relay(page, 'one');
  await decodes(page, ['one'], 60);
  const keys = () => page.evaluate(() => window.encoded.seen('relay-out').filter(({ type }) => type === 'key').length);
  const before = await keys();
  const took = await page.evaluate(async () => {
    const begin = performance.now();
    await window.encoded.relay('two', 'relay');
    while (!((await window.encoded.figures('two')).framesDecoded > 0)) await new Promise((next) => { setTimeout(next, 10); });
    return performance.now() - begin;
  });
  assert.ok(took < within, `the picture took ${took} ms`);
  assert.ok((await keys()) > before, 'the source was asked for a key frame');
  await decodes(page, ['one', 'two']);
}

/** Pictures are shown in the rhythm in which they were taken, however unevenly they came to who sends them on. */
export async function rhythm(page) {
  await sourceOf(page, {}, { hold: 25 });
  await relay(page, 'one', 'relay', { watched: true });
  await decodes(page, ['one'], 90);
  const astray = await page.evaluate(() => {
    const stamps = (name) => new Map(window.encoded.seen(name).map(({ hash, stamp }) => [hash, stamp]));
    const [taken, shown] = [stamps('relay-out'), stamps('one')];
    const both = [...taken].filter(([hash]) => shown.has(hash)).map(([hash, stamp]) => [stamp, shown.get(hash)]).slice(-60);
    // Time stamps count ninetieths of a millisecond, and begin anew.
    const since = (one, other) => ((other - one) | 0) / 90;
    return both.slice(1).map(([stamp, other], index) => Math.abs(since(both[index][0], stamp) - since(both[index][1], other)));
  });
  const order = astray.toSorted((one, other) => one - other);
  assert.ok(order.length > 40, `${order.length} pictures to compare`);
  assert.ok(order[Math.floor(order.length * 0.9)] < 10, `distances differ by ${order} ms`);
}

/** The same m-line sends a real track for a while, and then the source's frames again. */
export async function passThrough(page) {
  await sourceOf(page);
  await relay(page, 'one');
  await decodes(page, ['one']);
  await page.evaluate(() => window.encoded.paint('real', { width: 320, height: 240 }));
  for (let round = 0; round < 2; round++) {
    await page.evaluate(() => window.encoded.replace('one', 'real'));
    await widthIs(page, ['one'], 320);
    await decodes(page, ['one']);
    await page.evaluate(() => window.encoded.replace('one', null));
    await widthIs(page, ['one'], 640);
    await decodes(page, ['one']);
  }
  const sizes = await page.evaluate(() => window.encoded.sizes('one'));
  assert.ok(sizes.includes('320x240') && sizes.includes('640x360') && !sizes.includes('64x64'), `pictures of ${sizes} were seen`);
  assert.equal(await page.evaluate(() => window.encoded.sections('one').length), 1);
}

/** What a receiver got that way goes on to a fourth. */
export async function secondHop(page) {
  await sourceOf(page);
  await relay(page, 'one');
  await decodes(page, ['one']);
  await relay(page, 'far', 'one', { watched: true });
  await decodes(page, ['one', 'far']);
  await wellShared(page, 'relay-out', ['far']);
  await widthIs(page, ['far'], 640);
}

/** The receiver that is tapped plays another track, of another size. */
export async function otherTrack(page) {
  await sourceOf(page);
  await relay(page, 'one');
  await decodes(page, ['one']);
  await page.evaluate(() => {
    window.encoded.paint('screen', { width: 960, height: 540 });
    return window.encoded.switchSource('relay', 'screen');
  });
  await widthIs(page, ['relay', 'one'], 960);
  await decodes(page, ['one']);
  await page.evaluate(() => window.encoded.switchSource('relay', 'camera'));
  await widthIs(page, ['relay', 'one'], 640);
  await decodes(page, ['one']);
}

/** One relays from a page to the same page, over the network between the two. */
export async function across(ends, middle) {
  await ends.evaluate(() => window.encoded.paint('camera'));
  const toMiddle = await ends.evaluate(() => window.encoded.offerSource('relay-out', 'camera', { watched: true }));
  const answered = await middle.evaluate((sdp) => window.encoded.answer('relay', sdp), toMiddle);
  await ends.evaluate((sdp) => window.encoded.accept('relay-out', sdp), answered);
  await decodes(middle, ['relay']);
  const onwards = await middle.evaluate(() => window.encoded.offerOn('one-out', 'relay'));
  const accepted = await ends.evaluate((sdp) => window.encoded.answer('one', sdp, { watched: true }), onwards);
  await middle.evaluate((sdp) => window.encoded.accept('one-out', sdp), accepted);
  await decodes(ends, ['one'], 30);
  await wellShared(ends, 'relay-out', ['one']);
  await widthIs(ends, ['one'], 640);
}

/** Nine of ten frames arrive, and nothing else does. */
export async function wellShared(page, from, names, count = 120) {
  for (const { name, arrived, foreign } of await share(page, from, names, count)) {
    assert.equal(foreign, 0, `${name} got frames that nobody has sent`);
    assert.ok(arrived > 0.9, `${name} got ${arrived} of the frames`);
  }
}
