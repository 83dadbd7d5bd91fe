// Import, look-up and what happens to names, digests and files that are hostile or damaged.
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Digest, digestOf, manualClock } from '../base/index.ts';
import { openCatalog } from './catalog.ts';
import { catalogWithModel, flipByte, temporaryDirectory, writeModel } from './fixture.ts';

const code = (expected: string) => expect.objectContaining({ code: expected });

describe('importFile', () => {
  test('describes the file and keeps its bytes under their digest', async () => {
    using directory = temporaryDirectory();
    const { catalog, variant } = await catalogWithModel(directory.path);
    const bytes = readFileSync(join(directory.path, 'small.gguf'));
    expect(variant.manifest).toMatchObject({
      name: 'small',
      source: 'a test',
      weights: { digest: digestOf(bytes), bytes: bytes.length },
      architecture: 'qwen2',
      configuration: { block_count: 1 },
      quantisation: 'F32',
      chatTemplate: { family: 'tiegel' },
      license: 'Apache-2.0',
      created: '2026-01-01T00:00:00.000Z',
    });
    expect(readFileSync(await catalog.variants.weightsPath(variant))).toEqual(bytes);
    expect(variant.manifest.weights.shards).toEqual([]);
    expect(catalog.variants.find('small')).toEqual(variant);
    expect(catalog.variants.list()).toEqual({ variants: [variant], damaged: [] });
  });

  test('of the same bytes changes nothing, of others replaces the variant', async () => {
    using directory = temporaryDirectory();
    const clock = manualClock(0);
    const { catalog, variant } = await catalogWithModel(directory.path, { clock });
    clock.advance(5000);
    const path = join(directory.path, 'small.gguf');
    expect(await catalog.variants.importFile(path, { name: 'small', source: 'again' })).toEqual(variant);
    writeModel(path, { type: 'Q8_0' });
    const replaced = await catalog.variants.importFile(path, { name: 'small', source: 'another' });
    expect(replaced.manifest).toMatchObject({ quantisation: 'Q8_0', source: 'another' });
    expect(catalog.variants.find('small')).toEqual(replaced);
  });

  test('takes a model without a vetted template, for inspection', async () => {
    using directory = temporaryDirectory();
    const { catalog } = await catalogWithModel(directory.path);
    const path = join(directory.path, 'other.gguf');
    writeModel(path, { template: '{{ cycler.__init__.__globals__ }}' });
    const { manifest } = await catalog.variants.importFile(path, { name: 'other', source: 'a test' });
    expect(manifest.chatTemplate.family).toBe(null);
  });

  test('refuses what is no GGUF file and leaves nothing behind', async () => {
    using directory = temporaryDirectory();
    const { catalog } = await catalogWithModel(directory.path);
    const path = join(directory.path, 'bad.gguf');
    const whole = readFileSync(join(directory.path, 'small.gguf'));
    const before = everyFile(directory.path);
    for (const content of [Buffer.alloc(0), Buffer.from('GGUF'), whole.subarray(0, whole.length - 40)]) {
      writeFileSync(path, content);
      await expect(catalog.variants.importFile(path, { name: 'bad', source: '' })).rejects.toThrow(
        code('TGL_GGUF_INVALID'),
      );
    }
    expect(everyFile(directory.path)).toEqual([...before, 'bad.gguf'].sort());
  });

  test('refuses a path without a file', async () => {
    using directory = temporaryDirectory();
    const { catalog } = await catalogWithModel(directory.path);
    for (const path of [join(directory.path, 'nowhere'), directory.path]) {
      await expect(catalog.variants.importFile(path, { name: 'new', source: '' })).rejects.toThrow(
        code('TGL_FILE_NOT_FOUND'),
      );
    }
  });
});

test('a damaged blob is repaired by importing its file again', async () => {
  using directory = temporaryDirectory();
  const { catalog, variant } = await catalogWithModel(directory.path);
  const blob = await catalog.variants.weightsPath(variant);
  chmodSync(blob, 0o600);
  writeFileSync(blob, 'damaged');
  await expect(catalog.variants.weightsPath(variant)).rejects.toThrow(code('TGL_BLOB_CORRUPT'));
  await catalog.variants.importFile(join(directory.path, 'small.gguf'), { name: 'small', source: 'again' });
  expect(await catalog.variants.weightsPath(variant)).toBe(blob);
});

test('a file that is here already is not copied again', async () => {
  using directory = temporaryDirectory();
  const { catalog, variant } = await catalogWithModel(directory.path);
  const before = statSync(await catalog.variants.weightsPath(variant)).ino;
  await catalog.variants.importFile(join(directory.path, 'small.gguf'), { name: 'small', source: 'again' });
  expect(statSync(await catalog.variants.weightsPath(variant)).ino).toBe(before);
});

test('imports at the same time do not disturb each other', async () => {
  using directory = temporaryDirectory();
  const { catalog } = await catalogWithModel(directory.path);
  const other = openCatalog({ home: catalog.home, clock: manualClock() });
  const paths = ['F32', 'Q8_0'].map((type) => {
    const path = join(directory.path, `${type}.gguf`);
    writeModel(path, { type: type as 'F32' | 'Q8_0' });
    return path;
  });
  const imported = await Promise.all(
    Array.from({ length: 12 }, (_, round) => {
      const name = `model-${round % 3}`;
      return (round % 2 ? catalog : other).variants.importFile(paths[round % 2]!, { name, source: '' });
    }),
  );
  for (const { manifest } of imported) {
    await catalog.variants.weightsPath({ name: manifest.name, manifest });
    expect(['F32', 'Q8_0']).toContain(catalog.variants.find(manifest.name).manifest.quantisation);
  }
  expect(catalog.variants.list()).toMatchObject({ variants: { length: 4 }, damaged: [] });
});

test('an unknown name is answered with the known ones', async () => {
  using directory = temporaryDirectory();
  const { catalog } = await catalogWithModel(directory.path);
  expect(() => catalog.variants.find('large')).toThrow(/no model large; the catalog holds small/);
  const empty = openCatalog({ home: join(directory.path, 'empty'), clock: manualClock() });
  expect(() => empty.variants.find('large')).toThrow(/holds nothing/);
});

const hostileText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('..', '../..', '.', '', 'a/b', 'a\\b', '%2e%2e%2f', 'a\0', 'A', '-a', 'ä', 'a'.repeat(65)),
  fc.tuple(fc.constantFrom('../', '/', './', '..\\', '\0'), fc.string()).map((parts) => parts.join('')),
);

test('10,000 hostile names are refused and create nothing', async () => {
  using directory = temporaryDirectory();
  const { catalog } = await catalogWithModel(directory.path);
  const source = join(directory.path, 'small.gguf');
  const before = everyFile(directory.path);
  const names = fc.sample(
    hostileText.filter((name) => !/^[a-z0-9][a-z0-9._-]{0,63}$/.test(name)),
    { numRuns: 10_000, seed: 1 },
  );
  for (const name of names) {
    expect(() => catalog.variants.find(name)).toThrow(code('TGL_MODEL_NAME_INVALID'));
    await expect(catalog.variants.importFile(source, { name, source: '' })).rejects.toThrow(
      code('TGL_MODEL_NAME_INVALID'),
    );
  }
  expect(everyFile(directory.path)).toEqual(before);
});

test('10,000 hostile digests are refused and create nothing', async () => {
  using directory = temporaryDirectory();
  const { catalog, variant } = await catalogWithModel(directory.path);
  const before = everyFile(directory.path);
  const digest = variant.manifest.weights.digest;
  const nearDigest = fc.constantFrom(
    digest.toUpperCase(),
    `${digest} `,
    ` ${digest}`,
    `${digest}/..`,
    `../${digest}`,
  );
  for (const hostile of fc.sample(fc.oneof(hostileText, nearDigest), { numRuns: 10_000, seed: 2 })) {
    const manifest = { ...variant.manifest, weights: { digest: hostile as Digest, bytes: 1, shards: [] } };
    await expect(catalog.variants.weightsPath({ name: 'small', manifest })).rejects.toThrow(
      code('TGL_DIGEST_INVALID'),
    );
  }
  expect(everyFile(directory.path)).toEqual(before);
});

test('any flipped byte of a manifest is noticed, by find and by list', async () => {
  using directory = temporaryDirectory();
  const { catalog } = await catalogWithModel(directory.path);
  const path = join(catalog.home, 'manifests', 'small.json');
  const length = readFileSync(path).length;
  for (let position = 0; position < length; position++) {
    using _ = flipByte(path, position, 1 << (position % 8));
    expect(() => catalog.variants.find('small')).toThrow(code('TGL_MANIFEST_INVALID'));
  }
  using _ = flipByte(path, 10, 1);
  expect(catalog.variants.list()).toMatchObject({ variants: [], damaged: [{ name: 'small' }] });
});

test('a manifest that is too large, a directory or of another model is refused', async () => {
  using directory = temporaryDirectory();
  const { catalog } = await catalogWithModel(directory.path);
  const manifests = join(catalog.home, 'manifests');
  writeFileSync(join(manifests, 'other.json'), readFileSync(join(manifests, 'small.json')));
  mkdirSync(join(manifests, 'folder.json'));
  writeFileSync(join(manifests, 'Odd Name.json'), '{}');
  appendFileSync(join(manifests, 'small.json'), ' '.repeat(100_000));
  for (const name of ['other', 'folder', 'small']) {
    expect(() => catalog.variants.find(name)).toThrow(code('TGL_MANIFEST_INVALID'));
  }
  expect(catalog.variants.list().damaged.map(({ name }) => name)).toEqual([
    'Odd Name',
    'folder',
    'other',
    'small',
  ]);
});

test('a home that is a file is refused', () => {
  using directory = temporaryDirectory();
  const home = join(directory.path, 'home');
  writeFileSync(home, '');
  expect(() => openCatalog({ home, clock: manualClock() })).toThrow(code('TGL_DATA_DIRECTORY'));
});

function everyFile(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
}
