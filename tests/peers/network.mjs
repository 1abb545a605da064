// The network around the server, as `world` has laid it: homes behind a router, which can be made thin, moved
// to another network, or put behind a firewall.
import { slowDevices } from '../browser/browser.mjs';
import { execute, ip, Place } from './place.mjs';

/** The server's address, as the homes know it. */
export const SERVER = '10.77.0.1';
let networks = 0;

/** A place with a browser and one line to the router. */
export class Home extends Place {
  /** @param {string} name of the namespace, at most 10 characters */
  static async open(name) {
    const home = new Home(name);
    await Place.make(name);
    await home.#connect();
    return home;
  }

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

  browser() { return this.chromium(...slowDevices); }
}

/** A firewall that lets no UDP through, and says nothing. */
const noUdp = ['pref', '1', 'ipproto', 'udp', 'blackhole'];
export const blockUdp = () => ip('-n', 'router', 'rule', 'add', ...noUdp);
export const allowUdp = () => ip('-n', 'router', 'rule', 'del', ...noUdp);
