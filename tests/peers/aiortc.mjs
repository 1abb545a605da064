// A participant on aiortc, as a child process: see aiortc_peer.py.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { poll } from '../browser/people.mjs';

const program = new URL('aiortc_peer.py', import.meta.url).pathname;

export class AiortcPeer {
  /** Enters the meeting; sends a tone of so many hertz. */
  constructor(url, username, code, hertz) {
    this.username = username;
    /** The last that it has told. */
    this.heard = null;
    this.errors = [];
    this.child = spawn(process.env.VNET_PEERS_PYTHON, ['-B', program, url, username, code, String(hertz)]);
    createInterface({ input: this.child.stdout }).on('line', (line) => { this.heard = JSON.parse(line); });
    createInterface({ input: this.child.stderr }).on('line', (line) => this.errors.push(line));
    this.exited = new Promise((done) => this.child.once('exit', (code, signal) => done(code ?? signal)));
    this.exited.then((code) => { this.code = code; });
  }

  described() { return `${this.username}: ${JSON.stringify(this.heard)}\n${this.errors.slice(-30).join('\n')}`; }

  /** Waits until what it tells fits. */
  async until(what, fits) {
    await poll(`${this.username}: ${what}`, () => {
      if (this.code !== undefined) throw new Error(`it ended with ${this.code}\n${this.described()}`);
      return this.heard !== null && fits(this.heard);
    }, () => this.described());
  }

  /** Leaves the meeting; fails if it did not end well. */
  async leave() {
    this.child.stdin.end();
    const code = await this.exited;
    if (code !== 0) throw new Error(`it ended with ${code}\n${this.described()}`);
  }

  kill() { this.child.kill('SIGKILL'); }
}
