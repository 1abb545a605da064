import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertWell, launch, newPage, signUp } from './browser.mjs';
import { startServer } from './server.mjs';

let browser;
let server;

before(async () => {
  [server, browser] = await Promise.all([startServer(), launch()]);
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

async function schedule(page, title) {
  await page.goto('/account/meetings/new/');
  await page.getByLabel('Title').fill(title);
  await page.getByLabel('Notes').fill('Agenda: <everything>');
  await page.getByLabel('Starts').fill('2031-03-05T10:00');
  await page.getByLabel('Ends').fill('2031-03-05T10:30');
  await page.getByRole('button', { name: 'Create Meeting' }).click();
}

test('a meeting is scheduled, found by its code, changed and deleted', async () => {
  const page = await newPage(browser, server.url);
  await signUp(page, 'host_1');
  await schedule(page, 'Standup & <co>');
  const code = (await page.locator('.code').first().textContent()).trim();
  assert.match(code, /^[2-9a-z]{3}-[2-9a-z]{4}-[2-9a-z]{3}$/);
  await page.getByText('Standup & <co>').first().waitFor();

  const guest = await newPage(browser, server.url);
  await signUp(guest, 'guest_1');
  await guest.goto('/meet/');
  await guest.getByLabel('Join meeting with code').fill(code.toUpperCase().replaceAll('-', ' '));
  await guest.getByRole('button', { name: 'Join' }).click();
  await guest.waitForURL('**/meet/conf/**');
  await guest.getByRole('heading', { name: 'Standup & <co>' }).waitFor();
  const root = guest.locator('#root');
  assert.match(await root.getAttribute('data-signalling-server'), /^ws:\/\/127\.0\.0\.1:\d+\/vnet\/ps\/$/);
  assert.equal(await root.getAttribute('data-create-meeting-url'), '/meeting/new/');
  const details = await guest.evaluate(async () => {
    const url = document.getElementById('root').dataset.userDetailsUrl;
    return (await fetch(url)).json();
  });
  assert.equal(details.username, 'guest_1');
  assert.ok(details.auth_token.length > 40);
  assertWell(guest);

  await page.goto('/account/meetings/?all=1');
  await page.getByRole('link', { name: 'Edit Standup' }).click();
  await page.getByLabel('Title').fill('Retrospective');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await page.getByText('Retrospective').first().waitFor();
  assertWell(page);
  await guest.reload();
  await guest.getByRole('heading', { name: 'Retrospective' }).waitFor();
  await guest.goto('/meet/conf/abcdefghjk/');
  await guest.getByText('Could not find the meeting with code').waitFor();
  await Promise.all([page.context().close(), guest.context().close()]);
});

test('the API takes what the front end sends, with its token', async () => {
  const page = await newPage(browser, server.url);
  await signUp(page, 'api_1');
  await page.goto('/meet/');
  const outcome = await page.evaluate(async () => {
    const { userDetailsUrl, createMeetingUrl, getMeetingsUrl } = document.getElementById('root').dataset;
    const { auth_token: token } = await (await fetch(userDetailsUrl)).json();
    const created = await fetch(createMeetingUrl, {
      method: 'POST',
      headers: { Authorization: `Token ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({
        title: 'Planning',
        notes: 'Next month',
        start_time: '2031-11-01 10:00:00.0+00:00',
        end_time: '2031-11-01 10:30:00.0+00:00',
        'join-now': 'on',
      }),
    });
    const meeting = await created.json();
    const list = await (await fetch(getMeetingsUrl)).json();
    const one = await (await fetch(`${getMeetingsUrl}${meeting.meeting_id}/`)).json();
    return { status: created.status, meeting, list, one };
  });
  assert.equal(outcome.status, 201);
  assert.equal(outcome.list.meetings.length, 1);
  assert.deepEqual(outcome.one, outcome.meeting);
  assertWell(page);
  await page.context().close();
});

test('help is searched, filtered by tag, and safe to show', async () => {
  const page = await newPage(browser, server.url);
  await page.goto('/help/');
  const all = await page.locator('.article-list li').count();
  assert.ok(all >= 6, `the shipped articles are there: ${all}`);
  await page.getByLabel('Search the help articles').fill('camera');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByRole('heading', { name: 'Results for "camera"' }).waitFor();
  const found = await page.locator('.article-list li').count();
  assert.ok(found >= 1 && found < all, `some but not all: ${found} of ${all}`);
  await page.locator('.article-list a').first().click();
  await page.waitForURL('**/help/article/*/');
  await page.goto('/help/?t=Start');
  await page.getByRole('heading', { name: 'Articles tagged "Start"' }).waitFor();
  await page.goto('/help/?q=%3Cimg%20src=x%20onerror=alert(1)%3E');
  await page.getByText('No article available for "<img src=x onerror=alert(1)>"').waitFor();
  assertWell(page);
  await page.context().close();
});
