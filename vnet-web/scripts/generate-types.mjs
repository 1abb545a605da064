// Writes the types of the wire into app/generated/, from the documents that the server's types write.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { compileFromFile } from 'json-schema-to-typescript';
import openapiTS, { astToString } from 'openapi-typescript';

const docs = new URL('../../docs/', import.meta.url);
const out = new URL('../app/generated/', import.meta.url);
await mkdir(out, { recursive: true });

async function write(name, text) {
  const file = new URL(name, out);
  const before = await readFile(file, 'utf8').catch(() => null);
  if (before !== text) await writeFile(file, text);
}

const schema = await compileFromFile(new URL('sfu-protocol.schema.json', docs).pathname, {
  additionalProperties: false,
  bannerComment: '/* Generated from docs/sfu-protocol.schema.json. */',
  unreachableDefinitions: true,
});
await write('sfu-protocol.ts', schema);

const api = await openapiTS(new URL('openapi.json', docs));
await write('openapi.ts', `/* Generated from docs/openapi.json. */\n${astToString(api)}`);
