// People at one site and one somewhere else, in a meeting through the product's pages.
import { newPage, signUp, slowDevices } from '../browser/browser.mjs';
import { newFirefoxPage } from '../browser/firefox.mjs';
import { bar, visitor } from '../browser/front.mjs';
import { poll, schedule } from '../browser/people.mjs';
import { toldOfShares, watched, watchTiles } from './media.mjs';
import { Site } from './network.mjs';
import { insecure, startCloud } from './world.mjs';

const SOON = 60_000;
let names = 0;

/** What people of these tests have for a window: pictures are as large as on a small laptop. */
const small = { viewport: { width: 800, height: 600 } };

export class Office {
  #opened = [];

  /** A server, a site, and another one that is elsewhere. */
  static async open(options) {
    const office = new Office();
    office.server = await startCloud(options);
    office.#later(() => office.server.stop());
    [office.site, office.elsewhere] = await Promise.all([Site.open(), Site.open()]);
    office.#later(() => office.site.close());
    office.#later(() => office.elsewhere.close());
    return office;
  }

  #later(close) { this.#opened.push(close); }

  /** A meeting with somebody from elsewhere in it, whose picture the others look at. */
  async meeting(options) {
    const far = await this.person('far', { ...options, devices: true, site: this.elsewhere });
    this.code = await schedule(far);
    await this.enters(far);
    return far;
  }

  /**
   * Somebody with an account and a browser on a device of their own, not yet in the meeting. `hides`: it tells no
   * address unless the page may use devices; `devices`: they bring their microphone and camera; `tiles`: what their tiles
   * show is noted.
   */
  async person(name, { site = this.site, hides = false, devices = false, tiles = true, flags = [], prepare = () => {} } = {}) {
    names += 1;
    const username = `${name}_${names}`;
    const host = await site.host();
    const browser = hides
      ? await host.hidingChromium(...(devices ? slowDevices : []), ...flags)
      : await host.chromium(...slowDevices, ...flags);
    const page = await visitor(browser, this.server.url, username, { ...insecure, ...small });
    await watched(page);
    await prepare(page);
    this.#later(() => browser.close().catch(() => { /* it was killed */ }));
    return Object.assign(page, { host, devices, tiles });
  }

  /** The same in Firefox. */
  async fox(name, { site = this.site } = {}) {
    names += 1;
    const host = await site.host();
    const browser = await host.firefox();
    this.#later(() => browser.close().catch(() => { /* it was killed */ }));
    const page = await newFirefoxPage(browser, this.server.url);
    await watched(page);
    await signUp(page, `${name}_${names}`);
    return Object.assign(page, { host, username: `${name}_${names}`, tiles: true, isFox: true });
  }

  /** A second screen: a page without an account. */
  async screen({ site = this.site, flags = [] } = {}) {
    const host = await site.host();
    const browser = await host.hidingChromium('--autoplay-policy=no-user-gesture-required', ...flags);
    this.#later(() => browser.close().catch(() => { /* it was killed */ }));
    const page = await newPage(browser, this.server.url, { ...insecure, ...small });
    page.setDefaultTimeout(SOON);
    await watched(page);
    return Object.assign(page, { host, username: 'screen' });
  }

  /** Has people enter the meeting, most without cameras: what comes in is what is looked at. */
  async enters(...pages) {
    for (const page of pages) {
      await page.goto(`/meet/conf/${this.code}/`);
      await page.getByRole('button', { name: page.devices ? 'Join now' : 'Join without camera and microphone' }).click();
      if (page.isFox) await poll('Firefox is in', () => page.evaluate(() => document.querySelector('[role=toolbar]') !== null), () => told(page));
      else await bar(page).waitFor();
      if (page.tiles) await watchTiles(page);
    }
  }

  async close() {
    for (const close of this.#opened.reverse()) await close();
    this.#opened = [];
  }
}

/** What a page says, and said to the server: for the message of a test that fails. */
export async function told(page) {
  const words = await page.evaluate(() => document.body.innerText).catch((error) => error.message);
  return `${page.username} on ${page.url()} reads: ${words}\nfaults: ${JSON.stringify(page.faults)}\n${await toldOfShares(page)}`;
}
