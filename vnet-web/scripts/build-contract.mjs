// Builds the contract of conferences into one module that a test loads into pages of a real server.
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const here = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** Writes `contract.js` into a folder. */
export async function buildContract(outDir) {
  await build({
    root: here('.'),
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    build: {
      target: 'es2023',
      outDir,
      emptyOutDir: true,
      minify: false,
      lib: { entry: here('app/conference/contract/page.ts'), formats: ['es'], fileName: () => 'contract.js' },
      rollupOptions: { output: { codeSplitting: false } },
    },
  });
}
