// A place in the network: a namespace of its own, and browsers that live in it.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { chromiumPath, launchHiding, launchThrough } from '../browser/browser.mjs';
import { firefoxPath, launchFirefox } from '../browser/firefox.mjs';

export const execute = promisify(execFile);
export const ip = (...words) => execute('ip', words);

/** Runs a program at a place; resolves with what it says. */
export const at = (place, ...words) => execute('nsenter', [`--net=/run/netns/${place}`, '--', ...words]);

const inside = new URL('inside', import.meta.url).pathname;
const insideFirefox = new URL('inside-firefox.mjs', import.meta.url).pathname;
const environment = (place, program) => ({ ...process.env, VNET_HOST: place, VNET_PROGRAM: program });

/** A place without any line. */
export class Place {
  /** @param {string} name of the namespace, at most 10 characters */
  static async make(name) {
    await ip('netns', 'add', name);
    // Addresses that arrive by themselves are changes of the network to a browser.
    await at(name, 'sh', '-c', 'for each in /proc/sys/net/ipv6/conf/*/disable_ipv6; do [ ! -e "$each" ] || echo 1 >"$each"; done');
    await ip('-n', name, 'link', 'set', 'lo', 'up');
  }

  constructor(name) { this.name = name; }

  /** A Chromium at this place. */
  chromium(...flags) {
    return launchThrough({ executablePath: inside, env: environment(this.name, chromiumPath()) }, ...flags);
  }

  /** A Chromium that tells its address to nobody unless somebody has given it a camera or a microphone. */
  hidingChromium(...flags) {
    return launchHiding({ executablePath: inside, env: environment(this.name, chromiumPath()) }, ...flags);
  }

  /** A Firefox at this place. */
  firefox(preferences) {
    return launchFirefox(
      { executablePath: insideFirefox, env: environment(this.name, firefoxPath()), acceptInsecureCerts: true },
      preferences,
    );
  }

  /** The processes at this place. */
  async processes() {
    const { stdout } = await ip('netns', 'pids', this.name);
    return stdout.split('\n').filter(Boolean).map(Number);
  }

  /** Ends everything at this place at once, as a machine that loses its power. */
  async kill() {
    for (const id of await this.processes()) {
      try {
        process.kill(id, 'SIGKILL');
      } catch (error) {
        if (error.code !== 'ESRCH') throw error;
      }
    }
  }

  async close() { await ip('netns', 'del', this.name); }
}
