// Starts the real server as a child process, on a free port and an empty data folder.
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const program = process.env.VNET_SERVER ?? new URL('../../target/debug/examples/server', import.meta.url).pathname;

/** The environment without settings of a server that somebody runs beside. */
function cleanEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VNET_')));
}

/** Starts a server on loopback whose meetings have one plain page: see `startServerAt`. */
export const startServer = (...flags) => startServerAt('127.0.0.1:0', '--plain-pages', ...flags);

/** Starts a server on loopback as people have it, with its front end. */
export const startWithFrontEnd = (...flags) => startServerAt('127.0.0.1:0', ...flags);

/**
 * Starts a server and waits until it says where it listens. `restart` ends it as a crash would and starts it
 * again at the same address with the same data.
 * @returns {Promise<{url: string, said: string[], createAdmin: (name: string, password: string) => Promise<void>,
 *   restart: () => Promise<void>, stop: () => Promise<void>}>}
 */
export async function startServerAt(listen, ...flags) {
  const dataDir = await mkdtemp(join(tmpdir(), 'vnet-browser-'));
  let run = await start(dataDir, listen, flags);
  return {
    url: run.url,
    said: run.said,
    createAdmin: (name, password) => createAdmin(dataDir, name, password),
    async restart() {
      run.child.kill('SIGKILL');
      await run.exited;
      run = await start(dataDir, new URL(run.url).host, flags);
    },
    async stop() {
      run.child.kill('SIGTERM');
      const code = await run.exited;
      await rm(dataDir, { recursive: true, force: true });
      if (code !== 0) throw new Error(`the server ended with ${code}: ${run.said.join('\n')}`);
    },
  };
}

async function start(dataDir, listen, flags) {
  const child = spawn(program, ['--listen', listen, '--data-dir', dataDir, '--log', 'warn', '--media-port', '0', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: cleanEnvironment(),
  });
  const said = [];
  createInterface({ input: child.stderr }).on('line', (line) => said.push(line));
  const exited = new Promise((done) => child.once('exit', (code, signal) => done(code ?? signal)));
  const url = await new Promise((found, failed) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      said.push(line);
      const open = /^ *Open +(https?:\/\/.+)\/$/.exec(line);
      if (open) found(open[1]);
    });
    child.once('error', failed);
    exited.then((code) => failed(new Error(`the server ended (${code}): ${said.join('\n')}`)));
  });
  return { child, said, exited, url };
}

/** Makes a staff account in the way the README tells. */
function createAdmin(dataDir, name, password) {
  return new Promise((done, failed) => {
    const child = execFile(
      program,
      ['create-admin', name, '--data-dir', dataDir],
      { env: cleanEnvironment() },
      (error, _stdout, stderr) => (error ? failed(new Error(stderr || error.message)) : done()),
    );
    child.stdin.end(`${password}\n`);
  });
}
