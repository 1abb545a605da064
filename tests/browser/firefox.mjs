// A real Firefox over WebDriver BiDi, with pages that can be used where those of Chromium are: as much of
// them as `people.mjs` needs.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import puppeteer from 'puppeteer-core';

const candidates = [process.env.VNET_FIREFOX, '/usr/bin/firefox-esr', '/usr/bin/firefox'];

/** What the fake microphone hums, in hertz. */
export const FIREFOX_TONE = 1_000;

/** The Firefox of this machine. */
export function firefoxPath() {
  const path = candidates.find((candidate) => candidate && existsSync(candidate));
  assert.ok(path, 'no Firefox found: install it, or name it in VNET_FIREFOX');
  return path;
}

/**
 * Launches the Firefox of this machine, with a camera and a microphone that need neither hardware nor consent;
 * `options` are those of Puppeteer.
 */
export function launchFirefox(options = {}, preferences = {}) {
  return puppeteer.launch({
    browser: 'firefox',
    executablePath: firefoxPath(),
    headless: true,
    timeout: 60_000,
    ...options,
    extraPrefsFirefox: {
      'media.navigator.streams.fake': true,
      'media.navigator.audio.fake_frequency': FIREFOX_TONE,
      'media.navigator.permission.disabled': true,
      'media.autoplay.default': 0,
      'media.autoplay.blocking_policy': 0,
      // Debian's has no licence to fetch them, and there is no network to fetch them from.
      'media.gmp-manager.updateEnabled': false,
      'app.update.enabled': false,
      'network.captive-portal-service.enabled': false,
      'network.connectivity-service.enabled': false,
      ...preferences,
    },
  });
}

/** How long anything on a page may take on a busy machine. */
const SOON = 60_000;

/** A page with cookies of its own, and what should not happen in it, as of `newPage` in `browser.mjs`. */
export async function newFirefoxPage(browser, origin) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  page.setDefaultTimeout(SOON);
  const faults = [];
  page.on('pageerror', (error) => faults.push(`script: ${error.message}`));
  page.on('console', (message) => {
    if (['error', 'warn'].includes(message.type())) faults.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && url.protocol.startsWith('http')) faults.push(`foreign: ${url}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) faults.push(`${response.status()}: ${response.url()}`);
  });
  return new FirefoxPage(context, page, origin, faults);
}

class FirefoxPage {
  #context;
  #page;
  #origin;

  constructor(context, page, origin, faults) {
    this.#context = context;
    this.#page = page;
    this.#origin = origin;
    this.faults = faults;
  }

  context() { return this.#context; }

  url() { return this.#page.url(); }

  evaluate(work, argument) { return this.#page.evaluate(work, argument); }

  /** Has this run in every page before anything else does. */
  addInitScript(work, argument) { return this.#page.evaluateOnNewDocument(work, argument); }

  /** The library's own way needs `eval` in the page, which its security policy forbids. */
  async waitForFunction(check, argument, { timeout = SOON, polling = 50 } = {}) {
    const end = Date.now() + timeout;
    while (!(await this.evaluate(check, argument))) {
      if (Date.now() > end) throw new Error(`not within ${timeout} ms`);
      await new Promise((done) => { setTimeout(done, polling); });
    }
  }

  goto(path) { return this.#page.goto(new URL(path, this.#origin).href); }

  waitForURL(pattern) {
    const end = pattern.replace('**', '');
    return this.waitForFunction((path) => location.pathname === path && document.readyState === 'complete', end);
  }

  getByLabel(name) {
    const find = (text) => [...document.querySelectorAll('label')].find((label) => label.textContent.trim() === text)?.control
      ?? document.querySelector(`:is(input, textarea)[aria-label="${CSS.escape(text)}"]`);
    return { fill: async (text) => (await this.#wait(find, name)).type(text) };
  }

  getByRole(role, { name }) {
    assert.equal(role, 'button');
    const find = (text) => [...document.querySelectorAll('button')]
      .find((button) => (button.getAttribute('aria-label') ?? button.textContent.trim()) === text && button.checkVisibility());
    return { click: async () => (await this.#wait(find, name)).click() };
  }

  /** Waits until the page says so. */
  reads(text) { return this.waitForFunction((words) => document.body.innerText.includes(words), text); }

  /** The element that is found, once it is there. */
  async #wait(find, name) {
    await this.waitForFunction(new Function('text', `return Boolean((${find})(text))`), name);
    return this.#page.evaluateHandle(find, name);
  }
}
