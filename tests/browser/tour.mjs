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

const settled = (page) => page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => null))));

/** Closes what lies above the page. */
async function escape(page, what) {
  await page.keyboard.press('Escape');
  await what.waitFor({ state: 'hidden' });
}

/**
 * Walks through all states in one look; `see(page, name)` is called in each.
 * @param {{page: import('playwright-core').Page, other: {code: string, name: string}}} who
 */
export async function tour({ page, other }, see) {
  const at = async (name) => {
    await settled(page);
    await see(page, name);
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
  await press(page, 'Leave');
  await page.getByRole('heading', { name: 'You left the meeting' }).waitFor();
  await at('left');
}
