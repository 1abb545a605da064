// A real Chromium, and pages that remember everything that should not happen in them.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const candidates = [
  process.env.VNET_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** Cameras, microphones and screens that need neither hardware nor a person who allows them. */
const devices = (rate) => [
  `--use-fake-device-for-media-stream=fps=${rate}`,
  '--use-fake-ui-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
];
export const fakeDevices = devices(30);
/** The same with fewer pictures: for several browsers on one small machine. */
export const slowDevices = devices(10);

/** The browser of this machine. */
export function chromiumPath() {
  const path = candidates.find((candidate) => candidate && existsSync(candidate));
  assert.ok(path, 'no Chromium found: install it, or name it in VNET_CHROMIUM');
  return path;
}

/** Launches the browser of this machine. */
export const launch = (...flags) => launchThrough({ executablePath: chromiumPath() }, ...flags);

/** The same through something else: `options` are those of Playwright. Peers tell their addresses, that of loopback too. */
export const launchThrough = (options, ...flags) => launchHiding(
  options,
  // Peers on one machine find each other also where it has no network but loopback.
  '--allow-loopback-in-peer-connection',
  '--disable-features=WebRtcHideLocalIpsWithMdns',
  ...flags,
);

/** The same as people have it: a page that may use no camera and no microphone tells a `.local` name for an address. */
export function launchHiding(options, ...flags) {
  return chromium.launch({
    ...options,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...flags,
    ],
  });
}

/**
 * A page with cookies of its own. `page.faults` lists errors of scripts and the console (which is
 * where violations of the content security policy show), failed loads and foreign requests.
 */
export async function newPage(browser, origin, options = {}) {
  const context = await browser.newContext({ baseURL: origin, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.faults = [];
  page.on('pageerror', (error) => page.faults.push(`script: ${error.message}`));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) {
      page.faults.push(`console: ${message.text()} (${message.location().url})`);
    }
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && url.protocol.startsWith('http')) page.faults.push(`foreign: ${url}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) page.faults.push(`${response.status()}: ${response.url()}`);
  });
  return page;
}

/** Forgets the faults that match, which a test provoked, and fails on those that are left. */
export function assertWell(page, ...expected) {
  const faults = page.faults.filter((fault) => !expected.some((pattern) => pattern.test(fault)));
  page.faults.length = 0;
  assert.deepEqual(faults, [], `on ${page.url()}`);
}

export const password = 'correct horse battery staple';

/** Makes an account through the form and lands on its page. */
export async function signUp(page, username) {
  await page.goto('/account/sign-up/');
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('E-mail').fill(`${username}@example.org`);
  await page.getByLabel('First name').fill('Ada');
  await page.getByLabel('Last name').fill('Byron');
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByLabel('Password again').fill(password);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.waitForURL('**/account/');
}

/** Signs in through the form. */
export async function signIn(page, username, secret = password) {
  await page.goto('/account/sign-in/');
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password').fill(secret);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/account/');
}
