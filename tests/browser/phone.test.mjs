import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { devices } from 'playwright-core';
import { assertWell, launch, newPage, password, signIn } from './browser.mjs';
import { startServer } from './server.mjs';

let browser;
let server;

before(async () => {
  [server, browser] = await Promise.all([startServer(), launch()]);
  await server.createAdmin('root_1', password);
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

const pages = {
  visitor: ['/', '/help/', '/help/article/1/', '/account/sign-up/', '/account/sign-in/'],
  staff: [
    '/',
    '/account/',
    '/account/sign-out/',
    '/account/meetings/',
    '/account/meetings/new/',
    '/meet/',
    '/admin/',
    '/admin/users/',
    '/admin/users/new/',
    '/admin/meetings/',
    '/admin/help/',
    '/admin/help/new/',
  ],
};

/** Nothing sticks out to the side, and what is to be touched is large enough for a finger. */
async function assertFits(page, path) {
  const answer = await page.goto(path);
  assert.equal(answer.status(), 200, path);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(wide <= 0, `${path} is ${wide} px too wide`);
  const small = await page.locator('main button:visible, main input[type=text]:visible').evaluateAll((all) =>
    all
      .filter((one) => !one.closest('.visually-hidden') && !one.classList.contains('visually-hidden'))
      .filter((one) => one.getBoundingClientRect().height < 28)
      .map((one) => one.outerHTML.slice(0, 80)),
  );
  assert.deepEqual(small, [], path);
  assertWell(page);
}

for (const [name, colorScheme] of [['light', 'light'], ['dark', 'dark']]) {
  test(`every page fits on a phone (${name})`, async () => {
    const { defaultBrowserType: _, ...phone } = devices['iPhone SE'];
    const visitor = await newPage(browser, server.url, { ...phone, colorScheme });
    for (const path of pages.visitor) await assertFits(visitor, path);
    const staff = await newPage(browser, server.url, { ...phone, colorScheme });
    await signIn(staff, 'root_1');
    for (const path of pages.staff) await assertFits(staff, path);
    await Promise.all([visitor.context().close(), staff.context().close()]);
  });
}

test('the pages work without JavaScript', async () => {
  const page = await newPage(browser, server.url, { javaScriptEnabled: false });
  await signIn(page, 'root_1');
  await page.goto('/account/sign-out/');
  await page.getByRole('main').getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL(`${server.url}/`);
  assertWell(page);
  await page.context().close();
});
