// People in front of the product's own pages under /meet/: what they click and what they then see.
import assert from 'node:assert/strict';
import { newPage, signUp } from './browser.mjs';
import { poll } from './people.mjs';

const SOON = 60_000;

/** A signed-in person with a page of their own; `name` is how others see them. */
export async function visitor(browser, origin, name, options) {
  const page = await newPage(browser, origin, options);
  page.setDefaultTimeout(SOON);
  await signUp(page, name);
  page.username = name;
  return page;
}

/** From the set-up page into the meeting. */
export async function join(page) {
  await page.getByRole('button', { name: 'Join now' }).click();
  await inside(page);
}

/** Opens a meeting by its address and joins. */
export async function enter(page, code) {
  await page.goto(`/meet/conf/${code}/`);
  await join(page);
}

export const bar = (page) => page.getByRole('toolbar', { name: 'Meeting controls' });
export const inside = (page) => bar(page).waitFor();
/** A button of the bar; counts may follow its name. */
const button = (page, name) => bar(page).getByRole('button', { name: new RegExp(`^${name}(, | \\(|$)`) });
export const press = (page, name) => button(page, name).click();

/** Whether a switch of the bar is on. */
export const isOn = async (page, name) =>
  (await button(page, name).getAttribute('aria-pressed')) === 'true';

export const tile = (page, name) => page.getByRole('listitem', { name, exact: true });

const frames = (page, name) =>
  tile(page, name)
    .locator('video')
    .evaluateAll((videos) => videos.map((video) => video.getVideoPlaybackQuality().totalVideoFrames).reduce((all, one) => all + one, 0));

/** Waits until more of somebody's picture is shown than now. */
export async function sees(page, name, more = 5) {
  await tile(page, name).waitFor();
  const before = await frames(page, name);
  await poll(`${page.username} sees ${name}`, async () => (await frames(page, name)) >= before + more, () => told(page));
}

/** Waits until somebody's picture is not shown: the place of the picture has their initials. */
export async function seesNoPicture(page, name) {
  await poll(`${page.username} sees no picture of ${name}`, async () => {
    const videos = tile(page, name).locator('video:visible');
    return (await tile(page, name).count()) === 1 && (await videos.count()) === 0;
  }, () => told(page));
}

export const seesNobody = (page, name) => tile(page, name).waitFor({ state: 'detached' });

/** Writes a line of chat, with the panel open. */
export async function write(page, text) {
  const entry = page.getByRole('textbox', { name: 'Write a message' });
  if (!(await entry.isVisible())) await press(page, 'Chat');
  await entry.fill(text);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
}

/** What the page says: for the message of a test that fails. */
async function told(page) {
  const words = await page.evaluate(() => document.body.innerText).catch((error) => error.message);
  return `${page.username} on ${page.url()} reads: ${words}\nfaults: ${JSON.stringify(page.faults)}`;
}

/** The code in the address of the page. */
export function codeOf(page) {
  const found = /\/meet\/conf\/([^/]+)\/?/.exec(page.url());
  assert.ok(found, `${page.url()} is no meeting`);
  return decodeURIComponent(found[1]);
}
