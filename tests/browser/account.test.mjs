import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertWell, launch, newPage, password, signIn, signUp } from './browser.mjs';
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

/** A picture of the given size, painted by the browser itself. */
async function paint(page, width, height) {
  const url = await page.evaluate(([width, height]) => {
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    const pen = canvas.getContext('2d');
    pen.fillStyle = '#c03';
    pen.fillRect(0, 0, width, height);
    return canvas.toDataURL('image/png');
  }, [width, height]);
  return Buffer.from(url.split(',')[1], 'base64');
}

test('somebody signs up, edits the account, uploads a picture, changes the password and leaves', async () => {
  const page = await newPage(browser, server.url);
  await page.goto('/');
  assert.match(await page.title(), /VNET/);
  await signUp(page, 'ada_1');
  assert.equal(await page.title(), 'VNET | ada_1 - account page');
  await page.getByRole('heading', { name: 'Ada Byron' }).waitFor();

  const profile = page.locator('#profile');
  await profile.getByLabel('First name').fill('Augusta');
  await profile.getByLabel('Display name').fill('The <Countess> & co');
  await profile.getByRole('button', { name: 'Save profile' }).click();
  await page.getByRole('heading', { name: 'Augusta Byron' }).waitFor();
  await page.getByText('The <Countess> & co').first().waitFor();

  const picture = page.locator('#picture');
  const before = await page.getByAltText('Your picture').getAttribute('src');
  await picture.getByLabel('New picture').setInputFiles({
    name: 'me.png',
    mimeType: 'image/png',
    buffer: await paint(page, 640, 360),
  });
  await picture.getByRole('button', { name: 'Upload' }).click();
  await page.getByRole('button', { name: 'Remove picture' }).waitFor();
  const shown = page.getByAltText('Your picture');
  assert.notEqual(await shown.getAttribute('src'), before);
  const size = await shown.evaluate((image) => [image.complete, image.naturalWidth, image.naturalHeight]);
  assert.ok(size[0] && size[1] > 0 && size[1] === size[2], `a square that loads: ${size}`);
  assertWell(page);

  const secret = page.locator('#password');
  await secret.getByLabel('Current password').fill(password);
  await secret.getByLabel('New password', { exact: true }).fill('another fine passphrase');
  await secret.getByLabel('New password again').fill('another fine passphrase');
  await secret.getByRole('button', { name: 'Change password' }).click();
  await page.getByRole('status').waitFor();

  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.waitForURL(`${server.url}/`);
  await page.goto('/account/');
  await page.waitForURL(/\/account\/sign-in\/\?next=/);
  assertWell(page);
  await signIn(page, 'ada_1', 'another fine passphrase');

  await page.getByText('I want to delete my account').click();
  await page.getByLabel('Your password, to be sure').fill('another fine passphrase');
  await page.getByRole('button', { name: 'Delete my account' }).click();
  await page.getByText('Your account was deleted.').waitFor();
  assertWell(page);
  await page.context().close();
});

test('what is wrong with a form is told beside the field, and what was typed stays', async () => {
  const page = await newPage(browser, server.url);
  await page.goto('/account/sign-up/');
  await page.getByLabel('Username').fill('<b>no</b>');
  await page.getByLabel('E-mail').fill('a@b.example');
  await page.getByLabel('First name').fill('Ada');
  await page.getByLabel('Last name').fill('Byron');
  await page.getByLabel('Password', { exact: true }).fill('12345678');
  await page.getByLabel('Password again').fill('12345679');
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByText('Enter a valid username.').waitFor();
  await page.getByText('This password is entirely numeric.').waitFor();
  await page.getByText('The passwords do not match').waitFor();
  assert.equal(await page.getByLabel('Username').inputValue(), '<b>no</b>');
  assert.equal(await page.getByLabel('Password', { exact: true }).inputValue(), '');
  await page.goto('/account/sign-in/?next=//evil.example/');
  await page.getByLabel('Username').fill('nobody');
  await page.getByLabel('Password').fill('wrong password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('Please enter a correct username and password.').waitFor();
  assertWell(page);
  await page.context().close();
});

test('a page that does not exist says so and looks like the others', async () => {
  const page = await newPage(browser, server.url);
  const answer = await page.goto('/nowhere/');
  assert.equal(answer.status(), 404);
  await page.getByRole('link', { name: /VNET/ }).first().waitFor();
  assertWell(page, /404/);
  await page.context().close();
});
