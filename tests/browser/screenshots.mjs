// Photographs every page: light and dark, desktop and telephone.
//
//   cargo run -p vnet-http-hyper --example preview -- 127.0.0.1:8765
//   node tests/browser/screenshots.mjs http://127.0.0.1:8765 OUT_DIR [NAME …]
//
// Needs the npm package playwright-core and a Chromium (CHROMIUM, default /usr/bin/chromium). It
// signs in as `ada`, whom the preview makes. Fails when a page is wider than its window, when an
// answer is an unexpected fault, or when the browser complains on the console.

import { mkdirSync } from 'node:fs';
import { chromium } from 'playwright-core';

const [base, out, ...only] = process.argv.slice(2);
if (!base || !out) {
  console.error('usage: screenshots.mjs BASE_URL OUT_DIR [NAME …]');
  process.exit(2);
}
mkdirSync(out, { recursive: true });

const PASSWORD = 'korrekt pferd batterie';
const fill = (fields) => async (page) => {
  for (const [name, value] of Object.entries(fields)) await page.fill(`main [name="${name}"]`, value);
  await page.evaluate(() => document.querySelector('main form').setAttribute('novalidate', ''));
  await Promise.all([page.waitForNavigation(), page.click('main form [type="submit"]')]);
};
const follow = (selector) => async (page) => {
  await Promise.all([page.waitForNavigation(), page.click(selector)]);
};

// name, path, what to do there, whether somebody is signed in
const PAGES = [
  ['home', '/'],
  ['sign-in', '/account/sign-in/'],
  ['sign-in-staff', '/admin/'],
  ['sign-in-wrong', '/account/sign-in/', fill({ username: 'ada', password: 'nonsense' })],
  ['sign-up', '/account/sign-up/'],
  ['sign-up-wrong', '/account/sign-up/', fill({ username: 'a@b', email: 'x', password: '1234567' })],
  ['help', '/help/'],
  ['help-tag', '/help/?t=Start'],
  ['help-none', '/help/?q=zzz'],
  ['article', '/help/article/5/'],
  ['not-found', '/account/nothing/'],
  ['user-home', '/', null, true],
  ['account', '/account/?done=profile', null, true],
  ['sign-out', '/account/sign-out/', null, true],
  ['meetings', '/account/meetings/', null, true],
  ['meeting-new', '/account/meetings/new/', null, true],
  ['meeting-edit', '/account/meetings/', follow('main .list a.quiet'), true],
  ['meet', '/meet/', null, true],
  ['meet-meeting', '/account/meetings/', follow('main .list a.button'), true],
  ['meet-unknown', '/meet/conf/abc/', null, true],
  ['admin', '/admin/', null, true],
  ['admin-users', '/admin/users/', null, true],
  ['admin-user', '/admin/users/', follow('main tbody tr:nth-child(2) a'), true],
  ['admin-user-new', '/admin/users/new/', null, true],
  ['admin-meetings', '/admin/meetings/', null, true],
  ['admin-meeting-delete', '/admin/meetings/', follow('main a.danger'), true],
  ['admin-articles', '/admin/help/', null, true],
  ['admin-article', '/admin/help/1/', null, true],
];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync',
  ],
});
const first = await browser.newContext();
const signIn = await first.newPage();
await signIn.goto(`${base}/account/sign-in/`);
await fill({ username: 'ada', password: PASSWORD })(signIn);
const session = await first.storageState();
await first.close();

let faults = 0;
const complain = (what) => { faults += 1; console.error(what); };
for (const colorScheme of ['light', 'dark']) {
  for (const [width, height] of [[1280, 800], [390, 844], [320, 640]]) {
    for (const signedIn of [false, true]) {
      const context = await browser.newContext({
        colorScheme,
        viewport: { width, height },
        storageState: signedIn ? session : undefined,
      });
      const page = await context.newPage();
      let name = '';
      page.on('console', (message) => {
        const expected = /status of (404|401|403)/.test(message.text());
        if (message.type() === 'error' && !expected) complain(`${name}: ${message.text()}`);
      });
      page.on('response', (response) => {
        if (response.status() >= 500) complain(`${name}: ${response.status()} ${response.url()}`);
      });
      for (const [pageName, path, act, needsUser = false] of PAGES) {
        if (needsUser !== signedIn || (only.length && !only.includes(pageName))) continue;
        name = `${pageName}-${width}-${colorScheme}`;
        await page.goto(base + path);
        if (act) await act(page);
        const excess = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        if (excess > 0) complain(`${name}: ${excess} pixels wider than the window`);
        await page.screenshot({ path: `${out}/${name}.png`, fullPage: true });
      }
      await context.close();
    }
  }
}
await browser.close();
console.log(faults === 0 ? 'all pages fit' : `${faults} faults`);
process.exit(faults === 0 ? 0 : 1);
