// Adapters: what is taken in, what is refused, and that base and adapter are a subject of their own.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { digestOf, manualClock } from '../../base/index.ts';
import { type Catalog, openCatalog } from '../catalog.ts';
import {
  adaptedWeight,
  flipByte,
  passedAssessment,
  serving,
  temporaryDirectory,
  writeAdapter,
  writeModel,
} from '../fixture.ts';
import type { Variant } from './manifest.ts';

type Adapted = { readonly catalog: Catalog; readonly base: Variant; readonly adapted: Variant };

async function baseIn(directory: string): Promise<Omit<Adapted, 'adapted'>> {
  const path = join(directory, 'base.gguf');
  writeModel(path, { tensor: adaptedWeight });
  const catalog = openCatalog({ home: join(directory, 'home'), clock: manualClock(Date.UTC(2026, 0, 1)) });
  return { catalog, base: await catalog.variants.importFile(path, { name: 'base', source: 'a test' }) };
}

async function adaptedIn(directory: string): Promise<Adapted> {
  const { catalog, base } = await baseIn(directory);
  const path = join(directory, 'pirate.gguf');
  writeAdapter(path, { metadata: { 'general.license': { type: 'string', value: 'MIT' } } });
  const adapted = await catalog.variants.importFile(path, { name: 'pirate', source: 'a test', base });
  return { catalog, base, adapted };
}

test('an adapter and its base are a variant beside the base', async () => {
  using directory = temporaryDirectory();
  const { catalog, base, adapted } = await adaptedIn(directory.path);
  const bytes = readFileSync(join(directory.path, 'pirate.gguf'));
  expect(adapted.manifest).toMatchObject({
    weights: base.manifest.weights,
    adapters: [{ digest: digestOf(bytes), bytes: bytes.length }],
    license: 'Apache-2.0, MIT',
  });
  expect(openCatalog({ home: catalog.home, clock: manualClock(0) }).variants.find('pirate')).toEqual(adapted);
  const { adapterPaths } = await catalog.variants.filesOf(adapted);
  expect(adapterPaths.map((path) => readFileSync(path))).toEqual([bytes]);
  expect((await catalog.variants.filesOf(base)).adapterPaths).toEqual([]);
});

test('a record of the base does not cover it, nor its own the base', async () => {
  using directory = temporaryDirectory();
  const { catalog, base, adapted } = await adaptedIn(directory.path);
  catalog.admissions.record(await passedAssessment(catalog, base));
  expect(await catalog.admissions.admit(base, serving)).toMatchObject({ admitted: true });
  expect(await catalog.admissions.admit(adapted, serving)).toMatchObject({
    admitted: false,
    state: 'quarantined',
  });
  expect(await catalog.admissions.admit({ ...base, manifest: adapted.manifest }, serving)).toMatchObject({
    admitted: false,
    reason: expect.stringContaining('a change in the adapters'),
  });
  catalog.admissions.record(await passedAssessment(catalog, adapted));
  const admission = await catalog.admissions.admit(adapted, serving);
  expect(admission).toMatchObject({
    admitted: true,
    variant: { files: await catalog.variants.filesOf(adapted) },
  });
});

test('it is revoked with its base, and its revocation leaves the base alone', async () => {
  using directory = temporaryDirectory();
  const { catalog, base, adapted } = await adaptedIn(directory.path);
  const [below, whole] = [
    await catalog.admissions.subjectOf(base, serving),
    await catalog.admissions.subjectOf(adapted, serving),
  ];
  catalog.admissions.revoke('pirate', whole, true, 'it curses');
  expect([catalog.admissions.revocationOf(below), catalog.admissions.revocationOf(whole)?.reason]).toEqual([
    null,
    'it curses',
  ]);
  catalog.admissions.revoke('pirate', whole, false, 'it repented');
  catalog.admissions.revoke('base', below, true, 'it lies');
  expect(catalog.admissions.revocationOf(whole)?.reason).toBe('it lies');
});

test('a changed adapter is noticed, and neither removal takes what the other needs', async () => {
  using directory = temporaryDirectory();
  const { catalog, base, adapted } = await adaptedIn(directory.path);
  const [path = ''] = (await catalog.variants.filesOf(adapted)).adapterPaths;
  {
    using _ = flipByte(path, 40, 1);
    const [{ digest } = { digest: '' }] = adapted.manifest.adapters ?? [];
    expect(await catalog.admissions.admit(adapted, serving)).toMatchObject({
      reason: expect.stringContaining(digest),
    });
  }
  catalog.variants.remove('base');
  expect(readFileSync(await catalog.variants.weightsPath(adapted)).length).toBe(base.manifest.weights.bytes);
  catalog.variants.remove('pirate');
  await expect(catalog.variants.weightsPath(adapted)).rejects.toMatchObject({ code: 'TGL_BLOB_CORRUPT' });
});

test('it travels in a bundle', async () => {
  using directory = temporaryDirectory();
  const { catalog, adapted } = await adaptedIn(directory.path);
  const bundle = join(directory.path, 'pirate.tar');
  await catalog.bundles.exportVariant(adapted, bundle);
  const elsewhere = openCatalog({ home: join(directory.path, 'elsewhere'), clock: manualClock(0) });
  const arrived = await elsewhere.bundles.importVariant(bundle);
  expect(arrived.manifest.adapters).toEqual(adapted.manifest.adapters);
  expect(await elsewhere.admissions.subjectOf(arrived, serving)).toEqual(
    await catalog.admissions.subjectOf(adapted, serving),
  );
});

test('adapters can lie over each other', async () => {
  using directory = temporaryDirectory();
  const { catalog, adapted } = await adaptedIn(directory.path);
  const path = join(directory.path, 'polite.gguf');
  writeAdapter(path, { values: 2 });
  const { manifest } = await catalog.variants.importFile(path, {
    name: 'both',
    source: 'a test',
    base: adapted,
  });
  expect(manifest.adapters).toHaveLength(2);
  expect(manifest.adapters?.[0]).toEqual(adapted.manifest.adapters?.[0]);
});

describe('what is no adapter for its base is refused', () => {
  const text = (value: string) => ({ type: 'string', value }) as const;
  const indices = { type: 'array', elementType: 'uint32', value: Uint32Array.of(1) } as const;
  test.each([
    ['a tensor that the base lacks', { weight: 'blk.7.attn_q.weight' }, 'has no tensor'],
    ['another shape', { rows: 3 }, 'does not have the shape'],
    ['half a pair', { pair: false }, 'stands without'],
    [
      'another architecture',
      { metadata: { 'general.architecture': text('llama') } },
      'the architecture llama',
    ],
    ['another kind', { metadata: { 'adapter.type': text('control') } }, 'of the kind lora'],
    ['no alpha', { metadata: { 'adapter.lora.alpha': { type: 'float32', value: 0 } as const } }, 'no alpha'],
    ['one for some tokens', { metadata: { 'adapter.alora.invocation_tokens': indices } }, 'every token'],
    [
      'a key that nobody knows',
      { metadata: { 'adapter.lora.dropout': text('0.1') } },
      'adapter.lora.dropout',
    ],
    ['a model', { metadata: { 'general.type': text('model') } }, 'holds no adapter'],
  ])('%s', async (_, options, problem) => {
    using directory = temporaryDirectory();
    const { catalog, base } = await baseIn(directory.path);
    const path = join(directory.path, 'wrong.gguf');
    writeAdapter(path, options);
    await expect(
      catalog.variants.importFile(path, { name: 'wrong', source: 'a test', base }),
    ).rejects.toMatchObject({
      code: 'TGL_ADAPTER_INVALID',
      details: { problem: expect.stringContaining(problem) },
    });
    expect(catalog.variants.list().variants).toEqual([base]);
  });

  test('nor is an adapter a model, nor may it take the name of its base', async () => {
    using directory = temporaryDirectory();
    const { catalog, base } = await adaptedIn(directory.path);
    const path = join(directory.path, 'pirate.gguf');
    const invalid = { code: 'TGL_ADAPTER_INVALID' };
    await expect(
      catalog.variants.importFile(path, { name: 'alone', source: 'a test' }),
    ).rejects.toMatchObject(invalid);
    await expect(
      catalog.variants.importFile(path, { name: 'base', source: 'a test', base }),
    ).rejects.toMatchObject(invalid);
  });
});
