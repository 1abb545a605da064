// What people click to share on their network, and what then is so.
import assert from 'node:assert/strict';
import { press } from '../browser/front.mjs';
import { poll } from '../browser/people.mjs';
import { connections, pictures } from './media.mjs';
import { told } from './office.mjs';

/** Waits until the page says so. */
export const reads = (page, text, within) =>
  poll(`${page.username} reads “${text}”`, () => page.evaluate((words) => document.body.innerText.includes(words), text), () => told(page), within);

export const isRead = (page, text) => page.evaluate((words) => document.body.innerText.includes(words), text);

/** Clicks a button by its whole name; the first of those that have it. */
export async function clicks(page, name) {
  const button = page.getByRole('button', { name, exact: true });
  await (page.isFox ? button : button.first()).click();
}

/** Takes the suggestion to share with who is near. */
export async function offers(page) {
  await reads(page, 'on your network. Share the pictures');
  await clicks(page, 'Share');
}

/** Takes what somebody near offers. */
export async function accepts(page, sharer) {
  await reads(page, `${sharer.username} offers you the pictures`);
  await clicks(page, 'Receive');
}

/** Takes the suggestion to receive from somebody near, who lets it in. */
export async function asksNear(page, sharer) {
  await reads(page, `${sharer.username} shares the pictures on your network`);
  await clicks(page, 'Receive');
  await allows(sharer, page.username);
}

export const receivesFrom = (page, sharer) => reads(page, `The pictures come from ${sharer.username}, over this network.`);

/** Opens the panel for sharing on the network. */
export async function opensPanel(page) {
  await press(page, 'More');
  await page.getByRole('menuitem', { name: 'Share on this network' }).click();
}

export const closesPanel = (page) => page.getByRole('button', { name: 'Close this panel' }).click();

/** Shares by code; resolves with the code. The panel is open. */
export async function sharesByCode(page) {
  await clicks(page, 'Share by code');
  return codeOf(page);
}

/** The code that the panel shows, once it is another one than `but`. */
export async function codeOf(page, but = null) {
  let code;
  await poll(`${page.username} shows a code`, async () => {
    code = await page.evaluate(() => document.querySelector('output')?.textContent ?? '');
    return /^\d{6}$/.test(code) && code !== but;
  }, () => told(page));
  return code;
}

/** Asks with a code; the panel is open. */
export async function asksWith(page, code) {
  const entry = page.getByLabel('Code', { exact: true });
  await entry.fill(code);
  await entry.press('Enter');
}

/** Lets in who asks, in the message or in the panel. */
export async function allows(page, name) {
  await reads(page, name);
  await page.getByRole('button', { name: new RegExp(`^Allow( ${name} to receive)?$`) }).first().click();
}

/** Waits until so many more pictures have come from others at the site. */
export async function receivesLocally(page, more = 10) {
  const start = pictures((await connections(page)).local).frames;
  await poll(`${page.username} gets pictures over the local network`,
    async () => pictures((await connections(page)).local).frames >= start + more, () => picture(page));
}

/** Waits until all pictures come from others at the site, and none from the server. */
export async function receivesOnlyLocally(page) {
  await receivesLocally(page);
  await poll(`${page.username} gets no pictures from the server`, async () => {
    const before = await connections(page);
    await receivesLocally(page, 15);
    return pictures((await connections(page)).cloud).frames === pictures(before.cloud).frames;
  }, () => picture(page));
}

/** Waits until so many more pictures have come from the server. */
export async function receivesFromCloud(page, more = 10) {
  const start = pictures((await connections(page)).cloud).frames;
  await poll(`${page.username} gets pictures from the server`,
    async () => pictures((await connections(page)).cloud).frames >= start + more, () => picture(page));
}

/** The addresses that pictures come from within the site. */
export const parentsOf = async (page) => (await connections(page)).local.map(({ remote }) => remote);

const picture = async (page) => `${JSON.stringify(await connections(page).catch((error) => error.message))}\n${await told(page)}`;

/**
 * Bits a second that come in over the site's line while something is done, without what one of the pages receives of them, whose
 * picture may change its size meanwhile.
 */
export async function lineBeside(site, page, during) {
  const received = async () => (await connections(page)).cloud.reduce((all, one) => all + one.received, 0);
  const [before, at, line] = [await received(), Date.now(), await site.counted()];
  await during();
  const now = await site.counted();
  assert.ok(now.at > line.at);
  const own = (await received() - before) * 8_000 / (Date.now() - at);
  return (now.down - line.down) * 8_000 / (now.at - line.at) - own;
}
