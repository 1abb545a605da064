import { readFile } from 'node:fs/promises';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** Pictures that the server has, for `npm run dev` without one. */
function serverPictures(): Plugin {
  return {
    name: 'server-pictures',
    apply: 'serve',
    configureServer({ middlewares }) {
      middlewares.use('/static', async ({ url = '' }, response, next) => {
        const [, name] = /^\/([a-z-]+\.svg)$/.exec(url) ?? [];
        if (!name) return next();
        try {
          const picture = await readFile(new URL(`../vnet-http-hyper/static/${name}`, import.meta.url));
          response.setHeader('Content-Type', 'image/svg+xml').end(picture);
        } catch {
          next();
        }
      });
    },
  };
}

export default defineConfig({
  // Chunks find each other by their own address, so that the server may serve them under any prefix.
  base: './',
  plugins: [react(), serverPictures()],
  build: {
    target: 'es2023',
    outDir: 'dist',
    assetsDir: '.',
    // The server's shell names the files of the first load.
    manifest: 'manifest.json',
    // A picture as `data:` cannot be cached.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: 'app/main.tsx' },
  },
  test: {
    environment: 'happy-dom',
    include: ['app/**/*.test.{ts,tsx}'],
    setupFiles: ['app/test/setup.ts'],
    restoreMocks: true,
    // Machines may be busy.
    testTimeout: 60_000,
  },
});
