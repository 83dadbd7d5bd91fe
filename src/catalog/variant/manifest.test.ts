// Manifests that were written by somebody else: whatever stands in them is refused with a typed error or is sound.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestOf, digestOfJson, type Json } from '../../base/index.ts';
import { temporaryDirectory } from '../fixture.ts';
import { strictJson } from '../storage/strict-json.ts';
import { blobsOf, type Manifest, manifestText, readManifest, weightsOf } from './manifest.ts';

const digest = digestOf('');
const sound: Manifest = {
  schema: 3,
  name: 'small',
  source: 'a test',
  weights: { digest, bytes: 1, shards: [] },
  architecture: 'qwen2',
  configuration: { width: 64 },
  tensors: digest,
  quantisation: 'F32',
  tokenizer: digest,
  chatTemplate: { digest, family: null },
  license: null,
  sampling: { temperature: 0.6, topP: 0.95 },
  card: { digest, bytes: 0 },
  importedRecord: null,
  created: '2026-01-01T00:00:00.000Z',
};

const invalid = expect.objectContaining({ code: 'TGL_MANIFEST_INVALID' });

test('what is written is read back', () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, 'small.json');
  writeFileSync(path, manifestText(sound));
  expect(readManifest(path, 'small')).toEqual(sound);
  expect(() => readManifest(path, 'other')).toThrow(invalid);
  expect(readManifest(join(directory.path, 'none.json'), 'none')).toBe(undefined);
});

test('a manifest of schema 2 is read as one of schema 3, and no other schema is', () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, 'small.json');
  const { importedRecord: _, ...common } = sound;
  const record = { digest: digestOf('a record'), bytes: 8 };
  const write = (manifest: Json): void =>
    writeFileSync(path, strictJson({ digest: digestOfJson(manifest), manifest }));
  for (const foreignRecord of [null, record]) {
    write({ ...common, schema: 2, foreignRecord });
    expect(readManifest(path, 'small')).toEqual({ ...sound, importedRecord: foreignRecord });
  }
  for (const manifest of [
    { ...common, schema: 3, foreignRecord: null },
    { ...common, schema: 2, importedRecord: null },
    { ...common, schema: 2, importedRecord: null, foreignRecord: null },
    { ...common, schema: 1, foreignRecord: null },
    { ...common, schema: 4, importedRecord: null },
  ]) {
    write(manifest);
    expect(() => readManifest(path, 'small')).toThrow(invalid);
  }
  const stated = digestOfJson({ ...common, schema: 2, foreignRecord: record });
  writeFileSync(
    path,
    strictJson({ digest: stated, manifest: { ...common, schema: 2, foreignRecord: null } }),
  );
  expect(() => readManifest(path, 'small')).toThrow(/the digest it states/);
});

test('weights in shards are read back, unless their digest is not the one of the shards', () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, 'small.json');
  const shards = ['a', 'b'].map((text) => ({ digest: digestOf(text), bytes: 1 }));
  const sharded: Manifest = { ...sound, weights: weightsOf(shards), card: null };
  writeFileSync(path, manifestText(sharded));
  expect(readManifest(path, 'small')).toEqual(sharded);
  expect(blobsOf(sharded)).toEqual(shards);
  for (const weights of [
    { ...sharded.weights, bytes: 3 },
    { ...sharded.weights, shards: shards.toReversed() },
    { ...sharded.weights, shards: shards.slice(1) },
  ]) {
    writeFileSync(path, manifestText({ ...sharded, weights }));
    expect(() => readManifest(path, 'small')).toThrow(invalid);
  }
});

test('any JSON in any place is refused, though its digest is right', () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, 'small.json');
  const keys = Object.keys(sound).filter((key) => !['source', 'architecture', 'quantisation'].includes(key));
  const json = fc.jsonValue().filter((value) => isOdd(value as Json));
  fc.assert(
    fc.property(fc.option(fc.constantFrom(...keys)), json, (key, value) => {
      const manifest = (key === null ? value : { ...sound, [key]: value }) as Json;
      writeFileSync(path, strictJson({ digest: digestOfJson(manifest), manifest }));
      expect(() => readManifest(path, 'small')).toThrow(invalid);
    }),
    { numRuns: 500 },
  );
});

/** Fits no member: null, texts (the license) and empty objects (the configuration) would. */
function isOdd(value: Json): boolean {
  if (typeof value === 'string' || value === null) return false;
  const wellFormed = JSON.parse(JSON.stringify(value)) as Json;
  if (typeof value !== 'object') return value !== 3;
  return Object.values(wellFormed as object).some((member) => typeof member !== 'number');
}

test.each([
  ['', 'not JSON'],
  ['[', 'not JSON'],
  ['\ufeff{}', 'not JSON'],
  ['{}', 'canonical'],
  ['{\n  "a": 1,\n  "a": 1\n}\n', 'canonical'],
  [`${'['.repeat(60_000)}`, 'not JSON'],
  ['['.repeat(30_000) + ']'.repeat(30_000), 'nested'],
  [' '.repeat(131_073), 'bytes'],
])('the text %j is refused', (text, reason) => {
  using directory = temporaryDirectory();
  const path = join(directory.path, 'small.json');
  writeFileSync(path, text);
  expect(() => readManifest(path, 'small')).toThrow(new RegExp(reason));
  expect(() => readManifest(path, 'small')).toThrow(invalid);
});

test('bytes that are not UTF-8 are refused', () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, 'small.json');
  writeFileSync(path, Buffer.from([0x22, 0xff, 0x22]));
  expect(() => readManifest(path, 'small')).toThrow(/not UTF-8/);
});

const file = { digest, bytes: 1 };
const filesOf = (count: number) => Array.from({ length: count }, () => file);
const configurationOf = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, index]));

test.each<[string, object]>([
  ['sampling at either end', { sampling: { temperature: 0, topP: 1 } }],
  ['sampling at the other', { sampling: { temperature: 2, topP: 1e-9 } }],
  ['no sampling', { sampling: null }],
  ['one adapter', { adapters: filesOf(1) }],
  ['sixteen adapters', { adapters: filesOf(16) }],
  ['sixty-four numbers', { configuration: configurationOf(64) }],
  ['a licence', { license: 'MIT' }],
  ['a family of templates', { chatTemplate: { digest, family: 'qwen3' } }],
  ['an imported record', { importedRecord: file }],
  ['files without bytes', { weights: { digest, bytes: 0, shards: [] } }],
])('%s can be written and read', (_, change) => {
  using directory = temporaryDirectory();
  const path = join(directory.path, 'small.json');
  writeFileSync(path, manifestText({ ...sound, ...change } as Manifest));
  expect(readManifest(path, 'small')).toEqual({ ...sound, ...change });
});

test.each<[string, object, string]>([
  ['a temperature above 2', { sampling: { temperature: 2.1, topP: 1 } }, 'out of range'],
  ['a temperature below 0', { sampling: { temperature: -0.1, topP: 1 } }, 'out of range'],
  ['a top-p of 0', { sampling: { temperature: 1, topP: 0 } }, 'out of range'],
  ['a top-p above 1', { sampling: { temperature: 1, topP: 1.1 } }, 'out of range'],
  ['a temperature in words', { sampling: { temperature: '1', topP: 1 } }, 'temperature'],
  ['no adapter in a list', { adapters: [] }, 'adapters is not a list'],
  ['seventeen adapters', { adapters: filesOf(17) }, 'adapters is not a list'],
  ['adapters that are no list', { adapters: file }, 'adapters is not a list'],
  ['sixty-five numbers', { configuration: configurationOf(65) }, 'more than 64'],
  ['a list of numbers', { configuration: [1] }, 'configuration is not an object'],
  ['a number in words', { configuration: { width: '64' } }, 'width'],
  [
    'one shard',
    { weights: weightsOf([file, file]).shards && { ...weightsOf([file, file]), shards: [file] } },
    'shards',
  ],
  ['half a byte', { weights: { digest, bytes: 0.5, shards: [] } }, 'bytes'],
  ['less than nothing', { card: { digest, bytes: -1 } }, 'bytes'],
  ['a long source', { source: 's'.repeat(4097) }, 'source'],
  ['a long architecture', { architecture: 'a'.repeat(65) }, 'architecture'],
  ['a digest that is none', { tensors: 'sha256' }, ''],
])('%s is refused', (_, change, problem) => {
  using directory = temporaryDirectory();
  const path = join(directory.path, 'small.json');
  const manifest = { ...sound, ...change } as unknown as Json;
  writeFileSync(path, strictJson({ digest: digestOfJson(manifest), manifest }));
  expect(() => readManifest(path, 'small')).toThrow(invalid);
  expect(() => readManifest(path, 'small')).toThrow(problem);
});
