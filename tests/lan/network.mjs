// A site: devices on one local network, behind a router that translates their addresses, with one line to the rest of
// the world, whose bytes count. Laid beside what `tests/peers/world` has laid:
//
//     server 203.0.113.1 ── router ── 198.51.100.N ∙ gate, translates ∙ 192.168.N.1 ── switch ── hosts 192.168.N.M
import { execute, at, ip, Place } from '../peers/place.mjs';

/** The server's address: one of those that browsers hold for the world's, not for a local network's. */
export const CLOUD = '203.0.113.1';
/** What a site's line carries each way, in bits a second. */
const LINE = 50_000_000;

let sites = 0;
let hosts = 0;

/** Gives the server its address in the world; once. */
export async function openWorld() {
  const { stdout } = await ip('-j', 'addr', 'show', 'dev', 'wan');
  if (stdout.includes(CLOUD)) return;
  await ip('addr', 'add', `${CLOUD}/32`, 'dev', 'wan');
  await ip('-n', 'router', 'route', 'add', `${CLOUD}/32`, 'dev', 'wan');
}

export class Site {
  /** Lays a site whose line carries so many bits a second each way. */
  static async open({ line = LINE } = {}) {
    sites += 1;
    const site = new Site(sites);
    const { gate, far, number } = site;
    await openWorld();
    await Place.make(gate);
    await ip('-n', 'router', 'link', 'add', far, 'type', 'veth', 'peer', 'name', 'uplink', 'netns', gate);
    await ip('-n', 'router', 'addr', 'add', `198.51.100.${number * 4 + 1}/30`, 'dev', far);
    await ip('-n', gate, 'addr', 'add', `198.51.100.${number * 4 + 2}/30`, 'dev', 'uplink');
    for (const [place, device] of [['router', far], [gate, 'uplink']]) {
      await ip('-n', place, 'link', 'set', device, 'up');
      await execute('tc', ['-n', place, 'qdisc', 'add', 'dev', device, 'root', 'tbf', 'rate', `${line}bit`, 'burst', '64kb', 'latency', '200ms']);
    }
    await ip('-n', gate, 'route', 'add', 'default', 'via', `198.51.100.${number * 4 + 1}`);
    await ip('-n', gate, 'link', 'add', 'switch', 'type', 'bridge');
    await ip('-n', gate, 'addr', 'add', `192.168.${number}.1/24`, 'dev', 'switch');
    await ip('-n', gate, 'link', 'set', 'switch', 'up');
    await at(gate, 'sh', '-c', 'echo 1 >/proc/sys/net/ipv4/ip_forward');
    await site.#rule('add table ip out');
    await site.#rule('add chain ip out last { type nat hook postrouting priority srcnat ; }');
    await site.#rule('add rule ip out last oifname "uplink" masquerade');
    await site.#rule('add table bridge air');
    await site.#rule('add chain bridge air passing { type filter hook forward priority filter ; }');
    return site;
  }

  #hosts = new Set();

  constructor(number) {
    this.number = number;
    this.gate = `gate${number}`;
    this.far = `site${number}`;
  }

  #rule(words) { return at(this.gate, 'nft', words); }

  /** A device on this site's network. */
  async host() {
    hosts += 1;
    const host = new Host(`host${hosts}`);
    await Place.make(host.name);
    await host.plugInto(this);
    return host;
  }

  /** Takes a device up; for `Host`. */
  has(host, is) {
    if (is) this.#hosts.add(host);
    else this.#hosts.delete(host);
  }

  /** What came in and went out over the site's line so far, in bytes. */
  async counted() {
    const { stdout } = await ip('-j', '-s', '-n', this.gate, 'link', 'show', 'uplink');
    const [{ stats64 }] = JSON.parse(stdout);
    return { down: stats64.rx.bytes, up: stats64.tx.bytes, at: performance.now() };
  }

  /** Drops what is for many at once, as many a wireless network does: devices do not find each other by name. */
  blockMulticast() { return this.#rule('add rule bridge air passing ip daddr 224.0.0.0/4 drop'); }

  allowMulticast() { return this.#rule('flush chain bridge air passing'); }

  /** Lets devices talk to the gate alone, as a network for guests does. */
  async isolate(is = true) {
    for (const host of this.#hosts) {
      await execute('bridge', ['-n', this.gate, 'link', 'set', 'dev', host.port, 'isolated', is ? 'on' : 'off']);
    }
  }

  async close() {
    for (const host of [...this.#hosts]) await host.close();
    await ip('-n', 'router', 'link', 'del', this.far);
    await ip('netns', 'del', this.gate);
  }
}

let plugs = 0;

/** A device on a site's network, with a browser. */
export class Host extends Place {
  #site = null;

  /** Leaves the network where it is, if it is in one, for that of a site: another interface and another address. */
  async plugInto(site) {
    if (this.#site) {
      await ip('-n', this.#site.gate, 'link', 'del', this.port);
      this.#site.has(this, false);
    }
    plugs += 1;
    const near = `eth${plugs}`;
    this.port = `${this.name}-${plugs}`;
    this.address = `192.168.${site.number}.${plugs + 10}`;
    await ip('-n', site.gate, 'link', 'add', this.port, 'type', 'veth', 'peer', 'name', near, 'netns', this.name);
    await ip('-n', site.gate, 'link', 'set', this.port, 'master', 'switch');
    await ip('-n', site.gate, 'link', 'set', this.port, 'up');
    await ip('-n', this.name, 'addr', 'add', `${this.address}/24`, 'dev', near);
    await ip('-n', this.name, 'link', 'set', near, 'up');
    await ip('-n', this.name, 'route', 'add', 'default', 'via', `192.168.${site.number}.1`);
    this.#site = site;
    site.has(this, true);
  }

  /** Cuts the cable. */
  cut() { return ip('-n', this.#site.gate, 'link', 'set', this.port, 'down'); }

  async close() {
    await this.kill();
    if (this.#site) {
      await ip('-n', this.#site.gate, 'link', 'del', this.port);
      this.#site.has(this, false);
      this.#site = null;
    }
    await super.close();
  }
}
