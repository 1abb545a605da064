#!/usr/bin/env node
// Runs Firefox (VNET_PROGRAM) in the network namespace VNET_HOST. It is led over a socket on its loopback, which is not
// ours: what comes to the same port of ours is carried over. (It answers no request for another port.)
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

const inside = [`--net=/run/netns/${process.env.VNET_HOST}`, '--'];
const firefox = spawn('nsenter', [...inside, process.env.VNET_PROGRAM, ...process.argv.slice(2)], { stdio: ['ignore', 'inherit', 'pipe'] });
firefox.on('exit', (code) => process.exit(code ?? 1));
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => firefox.kill(signal));

/** Carries connections to a port there. */
async function carry(port) {
  const server = createServer((socket) => {
    const relay = spawn('nsenter', [...inside, 'bash', '-c', `exec 3<>/dev/tcp/127.0.0.1/${port}; cat <&3 & cat >&3`], { stdio: ['pipe', 'pipe', 'inherit'] });
    socket.pipe(relay.stdin);
    relay.stdout.pipe(socket);
    socket.on('error', () => relay.kill());
    socket.on('close', () => relay.kill());
    relay.stdin.on('error', () => socket.destroy());
    relay.on('exit', () => socket.destroy());
  });
  await new Promise((done) => { server.listen(port, '127.0.0.1', done); });
}

createInterface({ input: firefox.stderr }).on('line', async (line) => {
  const [, port] = /^WebDriver BiDi listening on ws:\/\/127\.0\.0\.1:(\d+)/.exec(line) ?? [];
  if (port) await carry(Number(port));
  process.stderr.write(`${line}\n`);
});
