// People in a meeting, each in a page of their own.
import assert from 'node:assert/strict';
import { newPage, signUp } from './browser.mjs';

/** How long anything in a meeting may take on a busy machine, unless the test is about how long it takes. */
const SOON = 60_000;

/** Waits in the page until `check(argument)` holds there; says what when it does not. */
export async function until(page, what, check, argument) {
  const options = { timeout: SOON, polling: 50 };
  await page.waitForFunction(check, argument, options).catch(async (error) => {
    throw new Error(`waited in vain until ${what}: ${error.message}\n${await described(page)}`);
  });
}

/** How a meeting stands in a page: for the message of a test that fails. */
export async function described(page) {
  const state = await page.evaluate(async () => {
    const { conference: c } = window.vnetTest ?? {};
    if (!c) return null;
    const media = [];
    for (const one of (await c.pc?.getStats())?.values() ?? []) {
      const { type, mid, rid, kind, packetsSent, packetsReceived, packetsLost, framesDecoded, framesEncoded, frameWidth } = one;
      const known = packetsSent || packetsReceived;
      if (known && type.endsWith('bound-rtp')) media.push({ type, mid, rid, kind, packetsSent, packetsReceived, packetsLost, framesDecoded, framesEncoded, frameWidth });
    }
    return {
      state: c.state, close: c.lastClose, counts: c.counts, ice: c.pc?.iceConnectionState, you: c.you,
      people: [...c.participants.values()].map((one) => [one.id, one.name, one.connected]),
      slots: [...c.slots.values()].filter((slot) => slot.track).map((slot) => [slot.mid, slot.track, slot.paused]),
      tracks: [...c.tracks.values()], media,
    };
  }).catch((error) => error.message);
  return `${page.username} on ${page.url()}: ${JSON.stringify(state)}\nfaults: ${JSON.stringify(page.faults)}`;
}

/** A signed-in person with a page of their own. */
export async function person(browser, origin, username, options) {
  const page = await newPage(browser, origin, options);
  return signedIn(page, username);
}

/** Makes the page that of a new account. */
export async function signedIn(page, username) {
  await signUp(page, username);
  page.username = username;
  return page;
}

/** Schedules a meeting that begins now; returns its code. */
export function schedule(page) {
  return page.evaluate(async () => {
    const body = JSON.stringify({ title: 'Test', notes: 'Sound and picture', start_time: new Date().toISOString() });
    const answer = await fetch('/meeting/new/', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
    return (await answer.json()).meeting_id;
  });
}

/** Opens the meeting and clicks "Join now"; `wait: false` returns before one is in. */
export async function enter(page, code, { wait = true } = {}) {
  await page.goto(`/meet/conf/${code}/`);
  await page.getByRole('button', { name: 'Join now' }).click();
  if (wait) await joined(page);
}

/** Shows somebody's camera as large as the page allows. */
export async function pin(page, name) {
  await page.locator('.tile', { hasText: name }).dblclick();
  await page.locator('.tile.pinned', { hasText: name }).waitFor();
}

export const joined = (page) => until(page, 'one is in', () => window.vnetTest.conference.state === 'joined');

/** The figures of what `page` gets of somebody's source; waits until something plays. */
export async function received(page, name, source) {
  const find = ({ name, source }) => {
    const { conference } = window.vnetTest;
    const who = [...conference.participants.values()].find((one) => one.name === name);
    const track = [...conference.tracks.values()].find((one) => one.participant === who?.id && one.source === source);
    return track && conference.slotOf(track.id) ? track.id : false;
  };
  await until(page, `${source} of ${name} has a slot`, find, { name, source });
  const id = await page.evaluate(find, { name, source });
  return page.evaluate((track) => window.vnetTest.received(track), id);
}

/** Waits until more of a picture is decoded than now. */
export async function sees(page, name, source = 'camera', more = 10) {
  const before = (await received(page, name, source))?.framesDecoded ?? 0;
  await poll(`${page.username} sees ${source} of ${name}`, async () => {
    const now = await received(page, name, source);
    return (now?.framesDecoded ?? 0) >= before + more;
  }, () => described(page));
}

/** Bits a second of a camera, over some seconds. */
export async function takes(page, name) {
  const before = await received(page, name, 'camera');
  await sees(page, name, 'camera', 40);
  const now = await received(page, name, 'camera');
  return (now.bytesReceived - before.bytesReceived) * 8_000 / (now.timestamp - before.timestamp);
}

/** Waits until the picture that arrives is so wide. */
export async function seesWidth(page, name, fits, within = SOON) {
  const seen = [];
  await poll(`${page.username} sees ${name} ${fits}`, async () => {
    const { frameWidth, frameHeight } = await received(page, name, 'camera') ?? {};
    const width = Math.max(frameWidth ?? 0, frameHeight ?? 0);
    if (seen.at(-1) !== width) seen.push(width);
    return fits(width);
  }, async () => `widths: ${seen}\n${await described(page)}`, within);
}

/** Waits until sound arrives that is not silence: the fake microphone beeps. */
export async function hears(page, name) {
  const before = (await received(page, name, 'microphone'))?.totalAudioEnergy ?? 0;
  await poll(`${page.username} hears ${name}`, async () => {
    const now = await received(page, name, 'microphone');
    return (now?.totalAudioEnergy ?? 0) > before + 1e-6;
  }, () => described(page));
}

/** Waits until the strongest tone in what is heard of somebody is this one, within a twentieth. */
export async function hearsTone(page, name, hertz) {
  await received(page, name, 'microphone');
  const heard = await page.evaluate(async ({ name, hertz, within }) => {
    const { conference } = window.vnetTest;
    const who = [...conference.participants.values()].find((one) => one.name === name);
    const track = [...conference.tracks.values()].find((one) => one.participant === who.id && one.source === 'microphone');
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 4_096;
    context.createMediaStreamSource(new MediaStream([conference.slotOf(track.id).media])).connect(analyser);
    const strengths = new Float32Array(analyser.frequencyBinCount);
    const loudest = [];
    const end = performance.now() + within;
    let found = false;
    while (!found && performance.now() < end) {
      await new Promise((done) => { setTimeout(done, 50); });
      analyser.getFloatFrequencyData(strengths);
      const strength = Math.max(...strengths);
      const tone = strengths.indexOf(strength) * context.sampleRate / analyser.fftSize;
      loudest.push(`${Math.round(tone)} Hz at ${Math.round(strength)} dB`);
      found = strength > -50 && Math.abs(tone - hertz) < hertz / 20;
    }
    const { state } = context;
    await context.close();
    return { found, state, loudest: loudest.slice(-10) };
  }, { name, hertz, within: SOON });
  assert.ok(heard.found, `${page.username} hears no ${hertz} Hz of ${name}: ${JSON.stringify(heard)}\n${heard.found || await described(page)}`);
}

/** Asks again and again, until it is so; `seen` tells more when it does not become so. */
export async function poll(what, check, seen = () => '', within = SOON) {
  const end = Date.now() + within;
  while (!(await check())) {
    if (Date.now() > end) assert.fail(`waited in vain until ${what}\n${await seen()}`);
    await new Promise((done) => { setTimeout(done, 50); });
  }
}

export const counts = (page) => page.evaluate(() => ({ ...window.vnetTest.conference.counts }));
