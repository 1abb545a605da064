// The network around the server, as `world` has laid it: homes behind a router, which can be made thin, moved
// to another network, or put behind a firewall.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { chromiumPath, slowDevices, launchThrough } from '../browser/browser.mjs';

/** The server's address, as the homes know it. */
export const SERVER = '10.77.0.1';
const inside = new URL('inside', import.meta.url).pathname;

const execute = promisify(execFile);
const ip = (...words) => execute('ip', words);

let networks = 0;

/** A place with a browser and one line to the router. */
export class Home {
  /** @param {string} name of the namespace, at most 10 characters */
  static async open(name) {
    const home = new Home(name);
    await ip('netns', 'add', name);
    // Addresses that arrive by themselves are changes of the network to a browser.
    await execute('nsenter', [`--net=/run/netns/${name}`, '--', 'sh', '-c',
      'for each in /proc/sys/net/ipv6/conf/*/disable_ipv6; do [ ! -e "$each" ] || echo 1 >"$each"; done']);
    await ip('-n', name, 'link', 'set', 'lo', 'up');
    await home.#connect();
    return home;
  }

  constructor(name) { this.name = name; }

  /** A line in a network of its own, with an interface of its own. */
  async #connect() {
    networks += 1;
    const [far, near] = [`${this.name}-${networks}`, `lan${networks}`];
    await ip('-n', 'router', 'link', 'add', far, 'type', 'veth', 'peer', 'name', near, 'netns', this.name);
    await ip('-n', 'router', 'addr', 'add', `10.77.${networks}.254/24`, 'dev', far);
    await ip('-n', 'router', 'link', 'set', far, 'up');
    await ip('-n', this.name, 'addr', 'add', `10.77.${networks}.2/24`, 'dev', near);
    await ip('-n', this.name, 'link', 'set', near, 'up');
    await ip('-n', this.name, 'route', 'add', 'default', 'via', `10.77.${networks}.254`);
    this.line = far;
  }

  /** Leaves the network for another one, as somebody who pulls the cable and finds a radio. */
  async move() {
    await ip('-n', 'router', 'link', 'del', this.line);
    await this.#connect();
  }

  /** So many bits a second come in and no more. */
  async narrow(rate) {
    await execute('tc', ['-n', 'router', 'qdisc', 'add', 'dev', this.line, 'root', 'tbf', 'rate', `${Math.round(rate)}bit`, 'burst', '16kb', 'latency', '300ms']);
  }

  async widen() {
    await execute('tc', ['-n', 'router', 'qdisc', 'del', 'dev', this.line, 'root']);
  }

  /** A Chromium at this place. */
  browser() {
    const env = { ...process.env, VNET_HOST: this.name, VNET_PROGRAM: chromiumPath() };
    return launchThrough({ executablePath: inside, env }, ...slowDevices);
  }

  async close() {
    await ip('netns', 'del', this.name);
  }
}

/** A firewall that lets no UDP through, and says nothing. */
const noUdp = ['pref', '1', 'ipproto', 'udp', 'blackhole'];
export const blockUdp = () => ip('-n', 'router', 'rule', 'add', ...noUdp);
export const allowUdp = () => ip('-n', 'router', 'rule', 'del', ...noUdp);
