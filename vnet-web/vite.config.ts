import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Chunks find each other by their own address, so that the server may serve them under any prefix.
  base: './',
  plugins: [react()],
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
  },
});
