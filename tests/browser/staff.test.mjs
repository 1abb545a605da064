import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertWell, launch, newPage, password, signIn, signUp } from './browser.mjs';
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

test('staff finds an account, deactivates it, and its owner is out at once', async () => {
  const user = await newPage(browser, server.url);
  await signUp(user, 'troll_1');
  const page = await newPage(browser, server.url);
  await signIn(page, 'root_1');
  await page.goto('/admin/users/');
  await page.getByLabel('Search users').fill('TROLL');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByRole('link', { name: 'troll_1' }).click();
  await page.getByRole('button', { name: 'Deactivate' }).click();
  await page.getByText('inactive').first().waitFor();
  assertWell(page);
  await user.goto('/account/');
  await user.waitForURL(/\/account\/sign-in\//);
  assertWell(user);
  await Promise.all([page.context().close(), user.context().close()]);
});

test('staff writes an article, and what is no Markdown in it stays text', async () => {
  const page = await newPage(browser, server.url);
  await signIn(page, 'root_1');
  await page.goto('/admin/help/new/');
  await page.getByLabel('Title').fill('Whom to call');
  await page.getByLabel('Text').fill('## Desk\n\n**Room 7** <script>document.title = "owned"</script> [x](javascript:alert(1))');
  await page.getByLabel('Tags').fill('R&D, Start');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.goto('/help/?q=Whom');
  await page.getByRole('link', { name: 'Whom to call' }).click();
  await page.getByRole('heading', { name: 'Desk' }).waitFor();
  assert.match(await page.title(), /Whom to call/);
  assert.equal(await page.locator('main script, main a[href^="javascript:"]').count(), 0);
  await page.getByRole('link', { name: 'R&D' }).click();
  await page.getByRole('heading', { name: 'Articles tagged "R&D"' }).waitFor();
  assertWell(page);
  await page.context().close();
});

test('who is not staff is told so', async () => {
  const page = await newPage(browser, server.url);
  await signUp(page, 'plain_1');
  const answer = await page.goto('/admin/');
  assert.equal(answer.status(), 403);
  assertWell(page, /403/);
  const visitor = await newPage(browser, server.url);
  await visitor.goto('/admin/');
  await visitor.waitForURL(/sign-in\/\?next=/);
  assertWell(visitor);
  await Promise.all([page.context().close(), visitor.context().close()]);
});
