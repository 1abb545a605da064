// Everybody can use it: nothing that axe finds wrong (WCAG 2.2 A and AA) in any state of the front end, in light and
// dark, on desktop and phone, from left to right and from right to left; nothing wider than the screen.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { assertWell, fakeDevices, launch } from './browser.mjs';
import { enter, visitor } from './front.mjs';
import { startWithFrontEnd } from './server.mjs';
import { companion, LOOKS, tour } from './tour.mjs';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
let browser;
let server;
let other;
let axe;

before(async () => {
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const limits = 'join=1000/1s,sign-up=1000/1s,token=1000/1s,write=1000/1s';
  [server, browser] = await Promise.all([startWithFrontEnd('--limit', limits), launch(...fakeDevices)]);
  other = await companion(browser, server, 'companion');
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Says what axe finds, one line for each element. */
async function findings(page) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  return page.evaluate(async (values) => {
    const { violations } = await window.axe.run(document, {
      runOnly: { type: 'tag', values },
      // Menus lie above the page, in no part of it.
      rules: { region: { enabled: false } },
      resultTypes: ['violations'],
    });
    return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id} (${help}): ${node.html.slice(0, 200)} ${node.failureSummary ?? ''}`));
  }, RULES);
}

/** Whether the page can be pushed sideways. */
const isTooWide = (page) => page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

async function check(page, name, wrong) {
  for (const finding of await findings(page)) wrong.push(`${name}: ${finding}`);
  if (await isTooWide(page)) wrong.push(`${name}: wider than the screen`);
}

for (const [look, options] of Object.entries(LOOKS)) {
  test(`in the look ${look} nothing is in anybody's way`, async () => {
    const page = await visitor(browser, server.url, `tour_${look.replace('-', '_')}`, options);
    const wrong = [];
    await tour({ page, other }, (at, name) => check(at, name, wrong));
    assert.deepEqual(wrong, []);
    assertWell(page, /404/);
    await page.context().close();
  });
}

for (const language of ['de', 'fr', 'ar']) {
  test(`in the language ${language} everything fits and reads in its direction`, async () => {
    const page = await visitor(browser, server.url, `tour_${language}`, { ...LOOKS['phone-light'], locale: language });
    const wrong = [];
    for (const path of ['', 'new-meeting/', 'privacy/', `conf/${other.code}/`]) {
      await page.goto(`/meet/${path}`);
      await page.getByRole('heading', { level: 1 }).first().waitFor();
      await check(page, path, wrong);
      const { lang, dir } = await page.evaluate(() => ({ lang: document.documentElement.lang, dir: document.documentElement.dir }));
      assert.deepEqual({ lang, dir }, { lang: language, dir: language === 'ar' ? 'rtl' : 'ltr' });
    }
    assert.deepEqual(wrong, []);
    assertWell(page);
    await page.context().close();
  });
}

test('a whole meeting can be held with the keyboard alone', async () => {
  const page = await visitor(browser, server.url, 'keys');
  await enter(page, other.code);
  await page.keyboard.press('c');
  const entry = page.getByRole('textbox', { name: 'Write a message' });
  await entry.waitFor();
  await entry.focus();
  await page.keyboard.type('mute me, c and m are letters here');
  await page.keyboard.press('Enter');
  await page.getByRole('log').getByText('letters here').waitFor();
  const microphone = page.getByRole('button', { name: 'Microphone', exact: true });
  assert.equal(await microphone.getAttribute('aria-pressed'), 'true', 'typing switches nothing');
  await page.keyboard.press('Escape');
  await entry.waitFor({ state: 'hidden' });
  await page.keyboard.press('m');
  await page.locator('[aria-label="Microphone"][aria-pressed="false"]').waitFor();
  assertWell(page);
  await page.context().close();
});
