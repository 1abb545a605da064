// A walk through everything that the product's front end shows: for checks and photographs of each state.
import { bar, enter, join, press, sees, tile, visitor, write } from './front.mjs';
import { schedule } from './people.mjs';

/** How a page can be looked at. */
export const LOOKS = {
  'desktop-light': { viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  'desktop-dark': { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
  'phone-light': { viewport: { width: 390, height: 844 }, colorScheme: 'light', isMobile: true, hasTouch: true },
  'phone-dark': { viewport: { width: 390, height: 844 }, colorScheme: 'dark', isMobile: true, hasTouch: true },
};

/** Somebody who is always in the meeting, so that nobody is alone in it. */
export async function companion(browser, server, name) {
  const page = await visitor(browser, server.url, name);
  const code = await schedule(page);
  await enter(page, code);
  return { page, code, name };
}

/** So many frames without a movement: what comes up begins to move some frames after it is there. */
const STILL = 6;

/** Waits until nothing moves but what turns for as long as somebody waits: that is no beginning that ends. */
const settled = (page) => page.evaluate(async (still) => {
  const moving = () => document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
  for (let quiet = 0; quiet < still; quiet++) {
    await new Promise(requestAnimationFrame);
    const now = moving();
    if (now.length === 0) continue;
    await Promise.all(now.map((one) => one.finished.catch(() => null)));
    quiet = -1;
  }
}, STILL);

/** Closes what lies above the page. */
async function escape(page, what) {
  await page.keyboard.press('Escape');
  await what.waitFor({ state: 'hidden' });
}

/**
 * Walks through all states in one look; `see(page, name)` is called in each.
 * @param {{page: import('playwright-core').Page, other: {page: import('playwright-core').Page, code: string, name: string}}} who
 */
export async function tour({ page, other }, see) {
  const at = async (name, where = page) => {
    await settled(where);
    await see(where, name);
  };
  await page.goto('/meet/');
  await page.getByText('No meetings scheduled').waitFor();
  await at('home-empty');
  await page.getByLabel('Join Meeting with Code').fill('aaaaaaaaaa');
  await page.getByRole('button', { name: 'Join', exact: true }).click();
  await page.getByText('Could not find the meeting with code').waitFor();
  await at('home-unknown-code');
  await page.goto('/meet/new-meeting/');
  await page.getByRole('button', { name: 'Create Meeting' }).click();
  await page.getByText('This field is required.').first().waitFor();
  await at('new-meeting-wrong');
  await page.getByLabel('Title').fill('Plans for spring');
  await page.getByLabel('Notes').fill('What we want to do.');
  await at('new-meeting');
  await page.getByRole('button', { name: 'Create Meeting' }).click();
  await page.getByText('The meeting is scheduled').waitFor();
  await at('created');
  await page.goto('/meet/');
  await page.getByRole('link', { name: 'Edit Plans for spring' }).waitFor();
  await at('home');
  await page.getByRole('button', { name: 'Delete Plans for spring' }).click();
  await page.getByText('Delete this meeting?').waitFor();
  await at('home-delete');
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Edit Plans for spring' }).click();
  await page.getByRole('heading', { name: 'Edit meeting' }).waitFor();
  await at('edit');
  await page.goto('/meet/privacy/');
  await page.getByRole('heading', { name: 'Privacy', exact: true }).waitFor();
  await at('privacy');
  await page.goto('/meet/nowhere/');
  await page.getByText('404 page not found on VNET').waitFor();
  await at('not-found');
  await inMeeting({ page, other }, at);
}

async function inMeeting({ page, other }, at) {
  await page.goto(`/meet/conf/${other.code}/`);
  await page.getByRole('button', { name: 'Join now' }).waitFor();
  await at('set-up');
  await join(page);
  await sees(page, other.name);
  await at('meeting');
  await tile(page, other.name).dblclick();
  await tile(page, other.name).getByRole('img', { name: 'Pinned' }).waitFor();
  await at('meeting-pinned');
  await tile(page, other.name).dblclick();
  await write(page, 'Shall we begin? https://example.org/plan');
  await page.getByRole('log').getByText('Shall we begin?').last().waitFor();
  await at('meeting-chat');
  await page.getByRole('button', { name: 'Close this panel' }).click();
  const more = bar(page).getByRole('button', { name: 'More', exact: true });
  await more.click();
  const keyboard = page.getByRole('menuitem', { name: 'Keyboard shortcuts' }).or(page.getByRole('button', { name: 'Keyboard shortcuts' }));
  if (await keyboard.count()) {
    await keyboard.first().waitFor();
    await at('meeting-more');
    await keyboard.first().click();
    await page.getByRole('dialog').waitFor();
    await at('meeting-keyboard');
    await escape(page, page.getByRole('dialog'));
  } else {
    await at('meeting-more');
    await page.keyboard.press('Escape');
  }
  await sharing({ page, other }, at);
  await secondScreen({ page, other }, at);
  await press(page, 'Leave');
  await page.getByRole('heading', { name: 'You left the meeting' }).waitFor();
  await at('left');
}

const button = (page, name) => page.getByRole('button', { name, exact: true });
const text = (page, words) => page.getByText(words).first();

async function openLan(page) {
  await button(bar(page), 'More').click();
  await page.getByRole('menuitem', { name: 'Share on this network' }).click();
  await page.getByRole('complementary', { name: 'Share on this network' }).waitFor();
}

/** Both sides of a share on the network: all that the panel, the messages and the line above the pictures can say. */
async function sharing({ page, other }, at) {
  await text(page, `${other.name} is on your network.`).waitFor();
  await at('share-suggested');
  await openLan(page);
  await button(page, `Share with ${other.name}`).waitFor();
  await at('share-nobody');
  await page.getByText('With another meeting or the original VNET').click();
  await button(page, 'Share').waitFor();
  await at('share-pair');
  await page.getByText('With another meeting or the original VNET').click();
  await page.locator('[name="code"]').waitFor({ state: 'detached' });
  await page.getByLabel('Code', { exact: true }).fill('000000');
  await page.getByLabel('Code', { exact: true }).press('Enter');
  await text(page, 'Nobody shares with this code.').waitFor();
  await at('share-unknown-code');
  await button(page, `Share with ${other.name}`).click();
  await text(page, 'Nobody receives yet.').waitFor();
  await at('share-code');
  await text(other.page, `${page.username} offers you the pictures`).waitFor();
  await button(other.page, 'Receive').click();
  await text(page, '1 device receives').waitFor();
  await page.locator(`[data-member="${other.name}"]`).getByText(/picture/).waitFor();
  await at('share-receivers');
  await button(page, 'Close this panel').click();
  await text(page, '1 device on this network receives').waitFor();
  await at('share-bar');
  await button(page, 'Stop sharing').click();
  await text(page, '1 device on this network receives').waitFor({ state: 'detached' });

  await openLan(other.page);
  await button(other.page, `Share with ${page.username}`).click();
  await text(page, `${other.name} offers you the pictures`).waitFor();
  await at('share-invited');
  await button(page, 'Receive').click();
  await tile(page, other.name).getByRole('img', { name: 'Comes over this network' }).waitFor();
  await at('share-received');
  await openLan(page);
  await page.getByText(`From ${other.name}`, { exact: true }).waitFor();
  await at('share-receiving');
  await button(page.getByRole('complementary'), 'Stop receiving').click();
  await button(page, `Receive from ${other.name}`).waitFor();
  await at('share-offered');
  await button(page, 'Close this panel').click();
  await button(other.page.getByRole('complementary'), 'Stop sharing').click();
  await button(other.page, 'Close this panel').click();
}

/** A device without an account beside the meeting. */
async function secondScreen({ page, other }, at) {
  await openLan(other.page);
  await button(other.page, 'Share by code').click();
  const code = await other.page.getByRole('status', { name: 'Code for others' }).innerText();
  await button(other.page, 'Close this panel').click();
  const screen = await page.context().newPage();
  const look = (name) => at(name, screen);
  await screen.goto('/meet/watch/');
  await screen.getByLabel('Code', { exact: true }).fill('12');
  await screen.getByRole('button', { name: 'Watch' }).click();
  await screen.getByText('A code has six digits.').waitFor();
  await look('watch-wrong');
  await screen.goto(`/meet/watch/#${code}`);
  await screen.reload();
  await screen.getByRole('button', { name: 'Watch' }).waitFor();
  await look('watch');
  await screen.getByRole('button', { name: 'Watch' }).click();
  await screen.getByRole('heading', { name: /^Waiting until/ }).waitFor();
  await look('watch-waiting');
  await text(other.page, 'asks to receive the pictures from you').waitFor();
  await button(other.page, 'Allow').click();
  await screen.getByRole('listitem', { name: other.name }).locator('video').first().waitFor();
  await look('watch-pictures');
  await screen.getByRole('button', { name: 'Turn on sound' }).click();
  await screen.getByRole('button', { name: 'Turn off sound' }).waitFor();
  await button(other.page, 'Stop sharing').click();
  await screen.getByText('Sharing has ended.').waitFor();
  await look('watch-over');
  await screen.close();
}
