// Whole journeys through the product's pages: sign up, schedule, prepare, meet, talk, share, come back, leave.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertWell, fakeDevices, launch, newPage } from './browser.mjs';
import { bar, codeOf, enter, inside, isOn, join, press, sees, seesNobody, seesNoPicture, tile, visitor, write } from './front.mjs';
import { schedule } from './people.mjs';
import { startWithFrontEnd } from './server.mjs';

const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
let browser;
let server;

before(async () => {
  const limits = 'join=1000/1s,sign-up=1000/1s,token=1000/1s,write=1000/1s';
  [server, browser] = await Promise.all([
    startWithFrontEnd('--limit', limits),
    launch(...fakeDevices, '--auto-select-desktop-capture-source=Entire screen'),
  ]);
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Closes the pages of a test, so that its people leave. */
const close = (...pages) => Promise.all(pages.map((page) => page.context().close()));

test('two people schedule, meet, share a screen, write, come back after a reload, and leave', async () => {
  const ada = await visitor(browser, server.url, 'ada_j');
  await ada.goto('/meet/');
  await ada.getByText('No meetings scheduled').waitFor();
  await ada.getByRole('link', { name: 'Create Meeting' }).click();
  await ada.getByLabel('Title').fill('Plans for spring');
  await ada.getByLabel('Notes').fill('What we want to do.');
  await ada.getByRole('button', { name: 'Create Meeting' }).click();
  await ada.getByText('The meeting is scheduled').waitFor();
  await ada.getByRole('link', { name: 'Open the meeting' }).click();
  await ada.getByRole('heading', { name: 'Plans for spring' }).waitFor();
  const code = codeOf(ada);
  await join(ada);
  await ada.getByText('You are the only one here').first().waitFor();

  // The other one types the code, in capitals and with blanks.
  const bob = await visitor(browser, server.url, 'bob_j');
  await bob.goto('/meet/');
  await bob.getByLabel('Join Meeting with Code').fill(code.toUpperCase().replace(/-/g, ' '));
  await bob.getByRole('button', { name: 'Join', exact: true }).click();
  await join(bob);
  await sees(ada, 'bob_j');
  await sees(bob, 'ada_j');

  await press(bob, 'Share the screen');
  await sees(ada, 'bob_j’s screen');
  await press(bob, 'Share the screen');
  await seesNobody(ada, 'bob_j’s screen');

  await write(ada, 'Shall we begin? https://example.org/plan');
  await bob.getByText('Shall we begin?').first().waitFor();
  await write(bob, 'Yes.');
  await ada.getByRole('log').getByText('Yes.').waitFor();
  assert.equal(await bob.getByRole('link', { name: 'https://example.org/plan' }).first().getAttribute('rel'), 'noopener noreferrer nofollow');

  await press(bob, 'Camera');
  await seesNoPicture(ada, 'bob_j');
  await press(bob, 'Camera');
  await sees(ada, 'bob_j');

  await bob.reload();
  await join(bob);
  await sees(bob, 'ada_j');
  await sees(ada, 'bob_j');
  assert.equal(await tile(ada, 'bob_j').count(), 1, 'who comes back is there once');

  await press(bob, 'Leave');
  await bob.getByRole('heading', { name: 'You left the meeting' }).waitFor();
  await bob.getByText('Data received').waitFor();
  await seesNobody(ada, 'bob_j');
  await bob.getByRole('button', { name: 'Join again' }).click();
  await join(bob);
  await sees(ada, 'bob_j');
  for (const page of [ada, bob]) assertWell(page);
  await close(ada, bob);
});

test('a third one comes late and soon sees both; the host mutes and removes', async () => {
  const pages = await Promise.all(['ada_l', 'bob_l', 'cyd_l'].map((name) => visitor(browser, server.url, name)));
  const [ada, bob, cyd] = pages;
  const code = await schedule(ada);
  await enter(ada, code);
  await enter(bob, code);
  await sees(ada, 'bob_l');
  await enter(cyd, code);
  await sees(cyd, 'ada_l');
  await sees(cyd, 'bob_l');
  await sees(ada, 'cyd_l');

  await tile(ada, 'bob_l').hover();
  await tile(ada, 'bob_l').getByRole('button', { name: 'More for bob_l' }).click();
  await ada.getByRole('menuitem', { name: 'Mute' }).click();
  await bob.getByText('has muted').first().waitFor();
  assert.equal(await isOn(bob, 'Microphone'), false);

  await tile(ada, 'cyd_l').hover();
  await tile(ada, 'cyd_l').getByRole('button', { name: 'More for cyd_l' }).click();
  await ada.getByRole('menuitem', { name: 'Remove from the meeting' }).click();
  await ada.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await cyd.getByRole('heading', { name: 'The host removed you from the meeting' }).waitFor();
  await seesNobody(bob, 'cyd_l');
  for (const page of pages) assertWell(page);
  await close(...pages);
});

test('who waits in the lobby is let in by the host', async () => {
  const [ada, bob] = await Promise.all(['ada_w', 'bob_w'].map((name) => visitor(browser, server.url, name)));
  const code = await schedule(ada);
  await enter(ada, code);
  await press(ada, 'People');
  await ada.getByRole('switch', { name: 'Lobby' }).click({ force: true });
  await bob.goto(`/meet/conf/${code}/`);
  await bob.getByRole('button', { name: 'Join now' }).click();
  await bob.getByText('A host will let you in').first().waitFor();
  await ada.getByRole('button', { name: 'Let bob_w in' }).first().click();
  await inside(bob);
  await sees(ada, 'bob_w');
  for (const page of [ada, bob]) assertWell(page);
  await close(ada, bob);
});

test('without camera and microphone one is told why, and takes part', async () => {
  const locked = await launch('--deny-permission-prompts', '--use-fake-device-for-media-stream', '--autoplay-policy=no-user-gesture-required');
  try {
    const ada = await visitor(browser, server.url, 'ada_d');
    const bob = await visitor(locked, server.url, 'bob_d');
    const code = await schedule(ada);
    await enter(ada, code);
    await bob.goto(`/meet/conf/${code}/`);
    await bob.getByText('This page may not use your camera and microphone').waitFor();
    await bob.getByText('allow camera and microphone there').waitFor();
    await bob.getByRole('button', { name: 'Join without camera and microphone' }).click();
    await inside(bob);
    await sees(bob, 'ada_d');
    await seesNoPicture(ada, 'bob_d');
    assertWell(ada);
    await close(ada, bob);
  } finally {
    await locked.close();
  }
});

test('on a page that is not secure one is told so', async () => {
  const insecure = await launch(...fakeDevices, '--host-resolver-rules=MAP office.test 127.0.0.1');
  try {
    const origin = server.url.replace('127.0.0.1', 'office.test');
    const page = await newPage(insecure, origin);
    page.setDefaultTimeout(60_000);
    await page.goto('/account/sign-up/');
    assert.equal(await page.evaluate(() => window.isSecureContext), false);
    const eve = await visitor(insecure, origin, 'eve_i');
    await eve.goto(`/meet/conf/${await schedule(eve)}/`);
    await eve.getByText('Camera and microphone need a secure page').waitFor();
    await eve.getByText('This page was opened as').waitFor();
  } finally {
    await insecure.close();
  }
});

test('two people meet on phones', async () => {
  const [ada, bob] = await Promise.all(['ada_p', 'bob_p'].map((name) => visitor(browser, server.url, name, phone)));
  const code = await schedule(ada);
  await enter(ada, code);
  await enter(bob, code);
  await sees(ada, 'bob_p');
  await sees(bob, 'ada_p');
  for (const page of [ada, bob]) {
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
    assert.ok(!wide, 'nothing is wider than the screen');
    const box = await bar(page).boundingBox();
    assert.ok(box && box.y + box.height <= 844, 'the controls are on the screen');
    assertWell(page);
  }
  await close(ada, bob);
});

test('an unknown code and an unknown address are told in words', async () => {
  const ada = await visitor(browser, server.url, 'ada_u');
  await ada.goto('/meet/conf/aaaaaaaaaa/');
  await ada.getByText('Could not find the meeting with code').waitFor();
  await ada.goto('/meet/nowhere/');
  await ada.getByText('404 page not found on VNET').waitFor();
  assertWell(ada, /404/);
  await close(ada);
});
