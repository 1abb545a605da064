// People in a meeting, each in a page of their own.
import assert from 'node:assert/strict';
import { newPage, signUp } from './browser.mjs';

/** How long anything in a meeting may take on a busy machine, unless the test is about how long it takes. */
const SOON = 20_000;

/** Waits in the page until `check(argument)` holds there; says what when it does not. */
export async function until(page, what, check, argument) {
  const options = { timeout: SOON, polling: 50 };
  await page.waitForFunction(check, argument, options).catch(async (error) => {
    const state = await page.evaluate(() => {
      const { conference: c } = window.vnetTest ?? {};
      return c && { state: c.state, close: c.lastClose, counts: c.counts, ice: c.pc?.iceConnectionState, slots: [...c.slots.values()].map((slot) => [slot.mid, slot.track]), tracks: [...c.tracks.values()] };
    });
    throw new Error(`waited in vain until ${what}: ${error.message}\n${JSON.stringify(state)}`);
  });
}

/** A signed-in person with a page of their own. */
export async function person(browser, origin, username) {
  const page = await newPage(browser, origin);
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
  });
}

/** Waits until sound arrives that is not silence: the fake microphone beeps. */
export async function hears(page, name) {
  const before = (await received(page, name, 'microphone'))?.totalAudioEnergy ?? 0;
  await poll(`${page.username} hears ${name}`, async () => {
    const now = await received(page, name, 'microphone');
    return (now?.totalAudioEnergy ?? 0) > before + 1e-6;
  });
}

/** Asks again and again, until it is so. */
export async function poll(what, check) {
  const end = Date.now() + SOON;
  while (!(await check())) {
    assert.ok(Date.now() < end, `waited in vain until ${what}`);
    await new Promise((done) => { setTimeout(done, 50); });
  }
}

export const counts = (page) => page.evaluate(() => ({ ...window.vnetTest.conference.counts }));
