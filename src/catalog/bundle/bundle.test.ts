// Bundles there and back, and what happens to those that somebody changed.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Disk, digestOf, manualClock, systemDisk } from '../../base/index.ts';
import { type Catalog, openCatalog } from '../catalog.ts';
import { catalogWithModel, passedAssessment, serving, temporaryDirectory, writeShards } from '../fixture.ts';
import { tarEnd, tarHeader, tarPadding } from './tar.ts';

const code = (expected: string) => expect.objectContaining({ code: expected });
const blobsIn = ({ home }: Catalog): string[] => readdirSync(join(home, 'blobs', 'sha256'));

function otherMachine(directory: string, disk: Disk = systemDisk): Catalog {
  const clock = manualClock(Date.UTC(2026, 5, 1));
  return openCatalog({ home: join(directory, 'elsewhere'), clock }, disk);
}

test('a variant with card and record moves to another machine, where it is quarantined', async () => {
  using directory = temporaryDirectory();
  const { catalog } = await catalogWithModel(directory.path);
  const path = join(directory.path, 'small.gguf');
  const variant = await catalog.variants.importFile(path, {
    name: 'small',
    source: 'a test',
    card: '# Small',
  });
  const record = catalog.admissions.record(await passedAssessment(catalog, variant));
  const bundle = join(directory.path, 'small.tar');
  const bytes = await catalog.bundles.exportVariant(variant, bundle);
  expect(readFileSync(bundle)).toHaveLength(bytes);

  const other = otherMachine(directory.path);
  const imported = await other.bundles.importVariant(bundle);
  expect(imported.manifest).toEqual({
    ...variant.manifest,
    created: '2026-06-01T00:00:00.000Z',
    importedRecord: imported.manifest.importedRecord,
  });
  expect(other.variants.find('small')).toEqual(imported);
  expect(readFileSync(await other.variants.weightsPath(imported))).toEqual(readFileSync(path));
  expect(await other.variants.cardOf(imported)).toBe('# Small');
  expect(JSON.parse((await other.bundles.importedRecordOf(imported))!)).toMatchObject({ record });
  expect(await other.admissions.admit(imported, serving)).toMatchObject({
    admitted: false,
    state: 'quarantined',
  });
  expect(other.variants.remove('small').blobs).toBe(3);
});

test('the record goes on with the next bundle, and the bytes of a bundle are always the same', async () => {
  using directory = temporaryDirectory();
  const { catalog, variant } = await catalogWithModel(directory.path);
  catalog.admissions.record(await passedAssessment(catalog, variant));
  const [first, second, third] = ['1.tar', '2.tar', '3.tar'].map((name) => join(directory.path, name));
  await catalog.bundles.exportVariant(variant, first!);
  await catalog.bundles.exportVariant(variant, second!);
  expect(digestOf(readFileSync(second!))).toBe(digestOf(readFileSync(first!)));
  const other = otherMachine(directory.path);
  const imported = await other.bundles.importVariant(first!, 'renamed');
  expect(imported.name).toBe('renamed');
  await other.bundles.exportVariant(imported, third!);
  const back = await catalog.bundles.importVariant(third!);
  expect(await catalog.bundles.importedRecordOf(back)).toBe(await other.bundles.importedRecordOf(imported));
  // Here the record counts, because this machine made it; the copy that came back is information.
  expect(await catalog.admissions.admit(back, serving)).toMatchObject({ admitted: true });
});

test('shards travel as one variant', async () => {
  using directory = temporaryDirectory();
  const { catalog } = await catalogWithModel(directory.path);
  const variant = await catalog.variants.importFile(writeShards(directory.path, 3)[0]!, {
    name: 'large',
    source: '',
  });
  const bundle = join(directory.path, 'large.tar');
  await catalog.bundles.exportVariant(variant, bundle);
  const other = otherMachine(directory.path);
  const { manifest } = await other.bundles.importVariant(bundle);
  expect(manifest.weights).toEqual(variant.manifest.weights);
});

describe('a bundle that somebody changed is refused and leaves nothing', () => {
  test('at any byte, in any way', async () => {
    using directory = temporaryDirectory();
    const { catalog, variant } = await catalogWithModel(directory.path);
    catalog.admissions.record(await passedAssessment(catalog, variant));
    const bundle = join(directory.path, 'small.tar');
    await catalog.bundles.exportVariant(variant, bundle);
    const sound = readFileSync(bundle);
    const other = otherMachine(directory.path);
    // The record is information and signed by another key; whether it is sound is not looked at.
    const record = sound.indexOf('admission.json');
    const size = Number.parseInt(sound.toString('latin1', record + 124, record + 135), 8);
    for (let position = 0; position < sound.length; position += 61) {
      if (position >= record + 512 && position < record + 512 + size) continue;
      const changed = Buffer.from(sound);
      changed[position]! ^= 1 << (position % 8);
      writeFileSync(bundle, changed);
      await expect(other.bundles.importVariant(bundle)).rejects.toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^TGL_(BUNDLE_INVALID|DIGEST_MISMATCH)$/) }),
      );
    }
    for (const changed of [
      Buffer.alloc(0),
      sound.subarray(0, 1000),
      sound.subarray(0, sound.length - 1),
      Buffer.concat([sound, Buffer.alloc(512)]),
      Buffer.concat([tarHeader({ name: '../../evil', bytes: 0 }), sound]),
      Buffer.concat([tarHeader({ name: 'manifest.json', bytes: 2 ** 40 }), sound]),
    ]) {
      writeFileSync(bundle, changed);
      await expect(other.bundles.importVariant(bundle)).rejects.toThrow(code('TGL_BUNDLE_INVALID'));
    }
    expect(other.variants.list()).toEqual({ variants: [], damaged: [] });
    expect(blobsIn(other)).toEqual([]);
  });

  test('in what its manifest says of its file', async () => {
    using directory = temporaryDirectory();
    const { catalog, variant } = await catalogWithModel(directory.path);
    const other = otherMachine(directory.path);
    const { digest } = variant.manifest.chatTemplate;
    const another = digestOf('another');
    const claims = [
      ['the quantisation', { quantisation: 'F16' }],
      ['the tensors, the tokenizer', { tensors: another, tokenizer: another }],
      ['the template family', { chatTemplate: { digest, family: null } }],
    ] as const;
    for (const [index, [what, claim]] of claims.entries()) {
      const bundle = join(directory.path, `${index}.tar`);
      const manifest = { ...variant.manifest, ...claim };
      await catalog.bundles.exportVariant({ ...variant, manifest }, bundle);
      await expect(other.bundles.importVariant(bundle)).rejects.toMatchObject({
        code: 'TGL_BUNDLE_INVALID',
        details: { problem: `its manifest contradicts its file about ${what}` },
      });
    }
    // What the program reads in the file itself is taken from there.
    const bundle = join(directory.path, 'architecture.tar');
    const manifest = { ...variant.manifest, architecture: 'llama' };
    await catalog.bundles.exportVariant({ ...variant, manifest }, bundle);
    expect((await other.bundles.importVariant(bundle)).manifest.architecture).toBe('qwen2');
    other.variants.remove('small');
    expect(other.variants.list()).toEqual({ variants: [], damaged: [] });
  });

  test('by something behind what its manifest names', async () => {
    using directory = temporaryDirectory();
    const { catalog, variant } = await catalogWithModel(directory.path);
    const bundle = join(directory.path, 'small.tar');
    await catalog.bundles.exportVariant(variant, bundle);
    const whole = readFileSync(bundle);
    const end = whole.length - tarEnd.length;
    const text = Buffer.from('more');
    const entry = Buffer.concat([tarHeader({ name: 'more', bytes: 4 }), text, tarPadding(4)]);
    writeFileSync(bundle, Buffer.concat([whole.subarray(0, end), entry, tarEnd]));
    const other = otherMachine(directory.path);
    await expect(other.bundles.importVariant(bundle)).rejects.toThrow('more is not named by its manifest');
    expect(other.variants.list().variants).toEqual([]);
  });

  test('and the place of the fault is told', async () => {
    using directory = temporaryDirectory();
    const { catalog, variant } = await catalogWithModel(directory.path);
    const bundle = join(directory.path, 'small.tar');
    await catalog.bundles.exportVariant(variant, bundle);
    const other = otherMachine(directory.path);
    writeFileSync(bundle, Buffer.concat([Buffer.alloc(512, 'x'), readFileSync(bundle)]));
    await expect(other.bundles.importVariant(bundle)).rejects.toMatchObject({
      details: { problem: 'byte 0 begins no entry' },
    });
  });

  test('a missing file, and a directory', async () => {
    using directory = temporaryDirectory();
    const other = otherMachine(directory.path);
    for (const path of [join(directory.path, 'none.tar'), directory.path]) {
      await expect(other.bundles.importVariant(path)).rejects.toThrow(code('TGL_FILE_NOT_FOUND'));
    }
  });
});

test('a disk that is too small is noticed first, one that becomes full leaves no half bundle', async () => {
  using directory = temporaryDirectory();
  const { catalog, variant } = await catalogWithModel(directory.path);
  const bundle = join(directory.path, 'small.tar');
  const small = openCatalog(
    { home: catalog.home, clock: manualClock() },
    { ...systemDisk, freeBytes: async () => 1 },
  );
  await expect(small.bundles.exportVariant(variant, bundle)).rejects.toThrow(code('TGL_DISK_SPACE'));
  const full = openCatalog(
    { home: catalog.home, clock: manualClock() },
    {
      ...systemDisk,
      fsync: async () => {
        throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
      },
    },
  );
  await expect(full.bundles.exportVariant(variant, bundle)).rejects.toThrow(code('TGL_DISK_FULL'));
  expect(readdirSync(directory.path).filter((name) => name.includes('.tar'))).toEqual([]);

  await catalog.bundles.exportVariant(variant, bundle);
  const other = otherMachine(directory.path, { ...systemDisk, freeBytes: async () => 1 });
  await expect(other.bundles.importVariant(bundle)).rejects.toThrow(code('TGL_DISK_SPACE'));
  await expect(catalog.bundles.exportVariant(variant, join(directory.path, 'none', 'x.tar'))).rejects.toThrow(
    code('TGL_FILE_NOT_WRITABLE'),
  );
});
