// Measures the first load of the home page in dist/: what the shell names and what that loads at once, as
// browsers get it. Fails above the limit. `check-size.mjs [folder]`
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

/** Bytes, compressed. */
const LIMIT = 200_000;

const dist = process.argv[2] ? pathToFileURL(`${process.argv[2]}/`) : new URL('../dist/', import.meta.url);

const manifest = JSON.parse(await readFile(new URL('manifest.json', dist), 'utf8'));
const entries = Object.keys(manifest).filter((name) => manifest[name].isEntry);
if (entries.length !== 1) fail(`manifest.json names ${entries.length} entries; run \`npm run build\` first`);

/** Everything that is loaded before the first line runs: scripts and their style sheets. */
const files = new Set();
const seen = new Set();
function walk(name) {
  if (seen.has(name)) return;
  seen.add(name);
  const chunk = manifest[name];
  files.add(chunk.file);
  for (const sheet of chunk.css ?? []) files.add(sheet);
  for (const imported of chunk.imports ?? []) walk(imported);
}
walk(entries[0]);

const rows = await Promise.all(
  [...files].map(async (file) => {
    const bytes = await readFile(new URL(file, dist));
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    return { file, plain: bytes.length, brotli: brotliCompressSync(bytes, { params }).length };
  }),
);
rows.sort((a, b) => b.brotli - a.brotli);
const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
for (const { file, plain, brotli } of [
  ...rows,
  { file: 'together', plain: sum('plain'), brotli: sum('brotli') },
]) {
  process.stdout.write(`${String(brotli).padStart(8)} ${String(plain).padStart(9)}  ${file}\n`);
}
if (sum('brotli') > LIMIT) fail(`the first load has ${sum('brotli')} bytes, ${LIMIT} are allowed`);

function fail(why) {
  process.stderr.write(`check-size: ${why}\n`);
  process.exit(1);
}
