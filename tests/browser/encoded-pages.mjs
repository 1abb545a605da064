// The pages of the tests with compressed frames: built as the front end is, and under its security policy.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const POLICY = "default-src 'none'; script-src 'self'; worker-src 'self' blob:; connect-src 'self'; media-src 'self' blob:; style-src 'self'; img-src data:";

/** Builds the page, and serves it: `url` is where. */
export async function servePages() {
  const folder = await mkdtemp(join(tmpdir(), 'vnet-encoded-'));
  const { build } = await import(createRequire(new URL('../../vnet-web/package.json', import.meta.url)).resolve('vite'));
  await build({
    configFile: false,
    root: new URL('.', import.meta.url).pathname,
    base: './',
    logLevel: 'warn',
    worker: { format: 'es' },
    build: {
      target: 'es2023',
      outDir: folder,
      emptyOutDir: true,
      assetsDir: '.',
      modulePreload: { polyfill: false },
      rollupOptions: {
        input: new URL('share-encoded-page.ts', import.meta.url).pathname,
        output: { entryFileNames: 'page.js' },
      },
    },
  });
  const server = createServer(async ({ url }, response) => {
    const { pathname } = new URL(url, 'http://x');
    const name = /^\/[\w-]+\.js$/.test(pathname) ? pathname.slice(1) : null;
    const html = '<!doctype html><meta charset="utf-8"><title>encoded</title><link rel="icon" href="data:,"><script type="module" src="/page.js"></script><body>';
    const content = name ? await readFile(join(folder, name)).catch(() => null) : html;
    response.writeHead(content === null ? 404 : 200, {
      'Content-Type': name ? 'text/javascript' : 'text/html',
      'Content-Security-Policy': POLICY,
    });
    response.end(content ?? '');
  });
  await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true });
    },
  };
}
