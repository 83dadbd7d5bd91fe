// What is removed, what stays, and that nothing a manifest names is ever among the first.
import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Disk, digestOf, manualClock, systemDisk } from '../base/index.ts';
import { openCatalog } from './catalog.ts';
import { catalogWithModel, temporaryDirectory, writeModel, writeShards } from './fixture.ts';

const code = (expected: string) => expect.objectContaining({ code: expected });
const blobsIn = (home: string): string[] => readdirSync(join(home, 'blobs', 'sha256')).sort();

describe('remove', () => {
  test('takes the variant and its bytes, and says how many', async () => {
    using directory = temporaryDirectory();
    const { catalog, variant } = await catalogWithModel(directory.path);
    expect(catalog.variants.remove('small')).toEqual({ blobs: 1, bytes: variant.manifest.weights.bytes });
    expect(catalog.variants.list()).toEqual({ variants: [], damaged: [] });
    expect(blobsIn(catalog.home)).toEqual([]);
    expect(() => catalog.variants.remove('small')).toThrow(code('TGL_MODEL_UNKNOWN'));
  });

  test('leaves bytes that another variant has too', async () => {
    using directory = temporaryDirectory();
    const { catalog, variant } = await catalogWithModel(directory.path);
    const twin = await catalog.variants.importFile(join(directory.path, 'small.gguf'), {
      name: 'twin',
      source: '',
    });
    expect(catalog.variants.remove('small')).toEqual({ blobs: 0, bytes: 0 });
    expect(await catalog.variants.weightsPath(twin)).toContain(variant.manifest.weights.digest);
  });

  test('takes what a replaced variant left', async () => {
    using directory = temporaryDirectory();
    const { catalog } = await catalogWithModel(directory.path);
    writeModel(join(directory.path, 'small.gguf'), { type: 'Q8_0' });
    await catalog.variants.importFile(join(directory.path, 'small.gguf'), { name: 'small', source: '' });
    expect(blobsIn(catalog.home)).toHaveLength(2);
    expect(catalog.variants.remove('small').blobs).toBe(2);
  });

  test('takes no bytes while a manifest cannot be read, since it may name them', async () => {
    using directory = temporaryDirectory();
    const { catalog } = await catalogWithModel(directory.path);
    writeFileSync(join(catalog.home, 'manifests', 'damaged.json'), '{}');
    expect(catalog.variants.remove('small')).toEqual({ blobs: 0, bytes: 0 });
    expect(blobsIn(catalog.home)).toHaveLength(1);
    expect(catalog.variants.remove('damaged').blobs).toBe(1);
  });
});

test('a collection that was killed is finished at the next start, whichever way it is right', async () => {
  using directory = temporaryDirectory();
  const { catalog, variant } = await catalogWithModel(directory.path);
  const blobs = join(catalog.home, 'blobs', 'sha256');
  const { digest } = variant.manifest.weights;
  const orphan = digestOf('orphan');
  renameSync(join(blobs, digest), join(blobs, `.${digest}.aside`));
  writeFileSync(join(blobs, `.${orphan}.aside`), 'orphan');
  const reopened = openCatalog({ home: catalog.home, clock: manualClock() });
  expect(blobsIn(catalog.home)).toEqual([digest]);
  expect(await reopened.variants.weightsPath(variant)).toBe(join(blobs, digest));
});

describe('shards', () => {
  test('are one variant, found by a runtime under the names it looks for', async () => {
    using directory = temporaryDirectory();
    const { catalog } = await catalogWithModel(directory.path);
    const paths = writeShards(directory.path, 3);
    const variant = await catalog.variants.importFile(paths[1]!, { name: 'large', source: 'a test' });
    const { shards, digest } = variant.manifest.weights;
    expect(shards.map((shard) => shard.digest)).toEqual(paths.map((path) => digestOf(readFileSync(path))));
    expect(variant.manifest.configuration).toEqual({ block_count: 1 });
    const first = await catalog.variants.weightsPath(variant);
    expect(first).toBe(join(catalog.home, 'shard-sets', digest, 'model-00001-of-00003.gguf'));
    for (const [index, { digest }] of shards.entries()) {
      expect(digestOf(readFileSync(first.replace('00001', `0000${index + 1}`)))).toBe(digest);
    }
    expect(await catalog.variants.importFile(paths[0]!, { name: 'large', source: 'again' })).toEqual(variant);
    expect(catalog.variants.remove('large').blobs).toBe(3);
    expect(existsSync(join(catalog.home, 'shard-sets', digest))).toBe(false);
  });

  test('a set of names that somebody changed is mended before it is used', async () => {
    using directory = temporaryDirectory();
    const { catalog } = await catalogWithModel(directory.path);
    const variant = await catalog.variants.importFile(writeShards(directory.path, 2)[0]!, {
      name: 'large',
      source: '',
    });
    const first = await catalog.variants.weightsPath(variant);
    const before = statSync(first).ino;
    renameSync(first, `${first}.old`);
    writeFileSync(first, 'something else');
    expect(statSync(await catalog.variants.weightsPath(variant)).ino).toBe(before);
  });

  test('one that is missing is named', async () => {
    using directory = temporaryDirectory();
    const { catalog } = await catalogWithModel(directory.path);
    const [first, second] = writeShards(directory.path, 2);
    renameSync(second!, join(directory.path, 'elsewhere.gguf'));
    await expect(catalog.variants.importFile(first!, { name: 'large', source: '' })).rejects.toThrow(
      /no readable file at .*00002-of-00002/,
    );
  });
});

/** Nothing is waited for, since what is asked here is the order of changes and not whether they survive a crash. */
const unsynced: Disk = {
  ...systemDisk,
  fsync: async () => {},
  fsyncSync: () => {},
  fsyncDirectorySync: () => {},
};

test('any sequence of imports and removals, also at the same time, keeps what is named and no more', async () => {
  const step = fc.record({
    remove: fc.boolean(),
    name: fc.constantFrom('one', 'two', 'three'),
    file: fc.nat(2),
    catalog: fc.nat(1),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step, { maxLength: 4 }), { maxLength: 5 }), async (rounds) => {
      using directory = temporaryDirectory();
      const home = join(directory.path, 'home');
      const catalogs = [0, 1].map(() => openCatalog({ home, clock: manualClock() }, unsynced));
      const paths = [0, 1, 2].map((index) => join(directory.path, `${index}.gguf`));
      for (const [index, path] of paths.entries()) writeModel(path, { tokens: ['a', `b${index}`] });
      for (const round of rounds) {
        await Promise.all(
          round.map(async ({ remove, name, file, catalog }) => {
            const chosen = catalogs[catalog]!;
            if (!remove) await chosen.variants.importFile(paths[file]!, { name, source: '' });
            else if (existsSync(join(home, 'manifests', `${name}.json`))) chosen.variants.remove(name);
          }),
        );
        const { variants, damaged } = catalogs[0]!.variants.list();
        expect(damaged).toEqual([]);
        for (const variant of variants) await catalogs[1]!.variants.weightsPath(variant);
      }
      await catalogs[0]!.variants.importFile(paths[0]!, { name: 'last', source: '' });
      catalogs[0]!.variants.remove('last');
      const named = catalogs[0]!.variants.list().variants.map(({ manifest }) => manifest.weights.digest);
      expect(blobsIn(home)).toEqual([...new Set(named)].sort());
    }),
    { numRuns: 20 },
  );
});

test('what a file recommends becomes the sampling of the variant, unless the importer knows better', async () => {
  using directory = temporaryDirectory();
  const { catalog, variant } = await catalogWithModel(directory.path);
  expect(variant.manifest.sampling).toBe(null);
  const path = join(directory.path, 'telling.gguf');
  const float32 = (value: number) => ({ type: 'float32', value }) as const;
  writeModel(path, {
    metadata: { 'general.sampling.temp': float32(0.6), 'general.sampling.top_p': float32(0.95) },
  });
  const telling = await catalog.variants.importFile(path, { name: 'telling', source: '' });
  expect(telling.manifest.sampling).toEqual({ temperature: 0.6, topP: 0.95 });
  const sampling = { temperature: 1, topP: 0.9 };
  const known = await catalog.variants.importFile(path, {
    name: 'known',
    source: '',
    sampling,
    license: 'MIT',
  });
  expect(known.manifest).toMatchObject({ sampling, license: 'MIT' });
});
