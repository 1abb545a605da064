// Builds the calling SDK into one ES module, compressed, with Microsoft's licence beside it: ../acs-dist/.
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { rolldown } from 'rolldown';

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, '../acs-dist');
// Written beside and renamed: a server that runs never serves half a module.
const fresh = `${out}.new`;
const sdk = join(dirname(createRequire(import.meta.url).resolve('@azure/communication-calling')), '..');

const bundle = await rolldown({
  input: join(here, 'entry.ts'),
  platform: 'browser',
  // The SDK asks for the environment of Node in places that a browser never reaches.
  transform: { define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' } },
  // Nobody here can mend what is inside of the package.
  onLog: (level, log, pass) => log.id?.includes('node_modules') || pass(level, log),
});
const { output } = await bundle.generate({ format: 'es', minify: true, codeSplitting: false, comments: { legal: true } });
await bundle.close();
const [chunk, ...rest] = output;
if (rest.length > 0) throw new Error(`one module was expected, but there is also ${rest.map((one) => one.fileName)}`);

const bytes = Buffer.from(chunk.code);
const { version } = JSON.parse(await readFile(join(sdk, 'package.json'), 'utf8'));
const name = `calling-${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}.js`;

await rm(fresh, { recursive: true, force: true });
await mkdir(fresh);
const [br, gz] = await Promise.all([
  promisify(brotliCompress)(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  }),
  promisify(gzip)(bytes, { level: 9 }),
]);
await Promise.all([
  writeFile(join(fresh, name), bytes),
  writeFile(join(fresh, `${name}.br`), br),
  writeFile(join(fresh, `${name}.gz`), gz),
  writeFile(join(fresh, 'manifest.json'), `${JSON.stringify({ module: name, sdk: version })}\n`),
  copyFile(join(sdk, 'LICENSE'), join(fresh, 'LICENSE.txt')),
  copyFile(join(sdk, 'NOTICES.txt'), join(fresh, 'NOTICES.txt')),
]);
await rm(out, { recursive: true, force: true });
await rename(fresh, out);

const size = (one) => `${(one.length / 1e6).toFixed(2)} MB`;
console.log(`acs-dist/${name}: SDK ${version}, ${size(bytes)}, gzip ${size(gz)}, brotli ${size(br)}`);
