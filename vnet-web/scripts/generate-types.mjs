// Writes the types of the wire into app/generated/, from the documents that the server's types write.
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { compile } from 'json-schema-to-typescript';
import openapiTS, { astToString } from 'openapi-typescript';

const docs = new URL('../../docs/', import.meta.url);
const out = new URL('../app/generated/', import.meta.url);

/** The address of a document; ends the run with a sentence when it is not there. */
async function document(name) {
  const file = new URL(name, docs);
  try {
    await access(file);
  } catch {
    process.stderr.write(
      `generate-types: docs/${name} is missing. It is committed; a test of the server compares and renews it.\n`,
    );
    process.exit(1);
  }
  return file;
}

async function write(name, text) {
  const file = new URL(name, out);
  const before = await readFile(file, 'utf8').catch(() => null);
  if (before !== text) await writeFile(file, text);
}

const protocols = [
  ['sfu-protocol', 'ConferenceProtocol'],
  ['share-protocol', 'ShareProtocol'],
];
const api = await document('openapi.json');
await mkdir(out, { recursive: true });

/** Whether a schema says nothing but what it is for. */
function isAnything(schema) {
  return Object.keys(schema).length === 1 && typeof schema.description === 'string';
}

/**
 * A schema in the words that its compiler knows: it minds nothing beside a `$ref`, and no `prefixItems`;
 * and a definition with another description becomes another type.
 */
function plainer(schema) {
  if (Array.isArray(schema)) return schema.map(plainer);
  if (typeof schema !== 'object' || schema === null) return schema;
  const plain = Object.entries(schema).map(([key, value]) => [key, plainer(value)]);
  const { $ref, prefixItems, ...rest } = Object.fromEntries(plain);
  if (prefixItems) return { ...rest, items: prefixItems, additionalItems: false };
  if (!$ref) return isAnything(rest) ? { ...rest, tsType: 'unknown' } : rest;
  return rest.properties ? { allOf: [{ $ref }, rest] } : { $ref };
}

for (const [name, title] of protocols) {
  const file = await document(`${name}.schema.json`);
  const schema = plainer(JSON.parse(await readFile(file, 'utf8')));
  const messages = await compile(schema, title, {
    additionalProperties: false,
    bannerComment: `/* Generated from docs/${name}.schema.json. */`,
    unreachableDefinitions: true,
  });
  await write(`${name}.ts`, messages);
}
await write('openapi.ts', `/* Generated from docs/openapi.json. */\n${astToString(await openapiTS(api))}`);
