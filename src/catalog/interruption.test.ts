// What an import leaves behind when it is cut short: by a full disk at any write, or by `kill -9` at any moment.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { digestOf, manualClock, seededRandom, systemClock } from '../base/index.ts';
import { recordingDisk } from '../base/testing.ts';
import { openCatalog } from './catalog.ts';
import { catalogWithModel, passedAssessment, temporaryDirectory, writeModel } from './fixture.ts';

test('a disk that is full at the n-th write leaves the old state, for every n', async () => {
  const faultless = recordingDisk();
  {
    using directory = temporaryDirectory();
    const { catalog } = await catalogWithModel(directory.path);
    const path = join(directory.path, 'small.gguf');
    writeModel(path, { type: 'Q8_0' });
    const recorded = openCatalog({ home: catalog.home, clock: systemClock }, faultless);
    await recorded.variants.importFile(path, { name: 'small', source: 'new' });
  }
  const operations = faultless.operations.filter(({ type }) => type !== 'remove');
  expect(operations.map(({ type }) => type)).toEqual([
    ...['open', 'write', 'sync', 'rename', 'sync-directory'],
    ...['open', 'write', 'sync', 'rename', 'sync-directory'],
  ]);
  expect(faultless.undurable()).toEqual([]);
  for (let failAt = 1; failAt <= operations.length; failAt++) {
    using directory = temporaryDirectory();
    const { catalog, variant } = await catalogWithModel(directory.path);
    const path = join(directory.path, 'small.gguf');
    writeModel(path, { type: 'Q8_0' });
    const full = openCatalog({ home: catalog.home, clock: systemClock }, recordingDisk(failAt));
    const importing = full.variants.importFile(path, { name: 'small', source: 'new' });
    await expect(importing).rejects.toThrow(expect.objectContaining({ code: 'TGL_DISK_FULL' }));
    // Where only the last sync of the directory fails, the new state is seen already, and whole.
    const { variants, damaged } = catalog.variants.list();
    expect(damaged).toEqual([]);
    expect(variants.map(({ manifest }) => manifest.quantisation)).toEqual([
      failAt < operations.length ? 'F32' : 'Q8_0',
    ]);
    if (failAt < operations.length) expect(variants).toEqual([variant]);
    expect(partials(catalog.home)).toEqual([]);
    const [seen] = variants;
    expect(digestOf(readFileSync(await catalog.variants.weightsPath(seen!)))).toBe(
      seen!.manifest.weights.digest,
    );
    expect(
      (await catalog.variants.importFile(path, { name: 'small', source: 'new' })).manifest.quantisation,
    ).toBe('Q8_0');
  }
});

test('a full disk leaves no admission record', async () => {
  using directory = temporaryDirectory();
  const { catalog, variant } = await catalogWithModel(directory.path);
  const full = openCatalog({ home: catalog.home, clock: systemClock }, recordingDisk(1));
  const passed = await passedAssessment(catalog, variant);
  expect(() => full.admissions.record(passed)).toThrow(expect.objectContaining({ code: 'TGL_DISK_FULL' }));
  expect(readdirSync(join(catalog.home, 'admissions'))).toEqual([]);
});

test('kill -9 during imports leaves whole artefacts only', { timeout: 60_000 }, async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, 'large.gguf');
  const random = seededRandom(9);
  writeModel(path, { values: Float32Array.from({ length: 2 ** 21 }, () => random.next()) });
  const home = join(directory.path, 'home');
  const importer = `
    import { systemClock } from ${JSON.stringify(join(import.meta.dirname, '../base/index.ts'))};
    import { openCatalog } from ${JSON.stringify(join(import.meta.dirname, 'catalog.ts'))};
    const catalog = openCatalog({ home: ${JSON.stringify(home)}, clock: systemClock });
    console.log('ready');
    for (let round = 0; ; round++) {
      await catalog.variants.importFile(${JSON.stringify(path)}, { name: 'large-' + round, source: 'a test' });
    }`;
  let left = 0;
  for (let trial = 0; trial < 3; trial++) {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', importer]);
    await once(child.stdout, 'data');
    while (partials(home).length === left) await setTimeout(1);
    await setTimeout(random.integer(0, 20));
    child.kill('SIGKILL');
    await once(child, 'exit');
    left = partials(home).length;

    const catalog = openCatalog({ home, clock: systemClock });
    const { variants, damaged } = catalog.variants.list();
    expect(damaged).toEqual([]);
    for (const variant of variants) await catalog.variants.weightsPath(variant);
    for (const blob of readdirSync(join(home, 'blobs', 'sha256')).filter((name) => !name.startsWith('.'))) {
      expect(digestOf(readFileSync(join(home, 'blobs', 'sha256', blob)))).toBe(blob);
    }
    await catalog.variants.importFile(path, { name: 'after', source: 'a test' });
    expect(catalog.variants.find('after').manifest.weights.digest).toBe(digestOf(readFileSync(path)));
  }
  expect(left).toBeGreaterThan(0);
});

test('what a killed import left is swept an hour later, a running import is spared', () => {
  using directory = temporaryDirectory();
  const clock = manualClock(Date.UTC(2026, 0, 1));
  const home = join(directory.path, 'home');
  openCatalog({ home, clock });
  for (const [name, minutesAgo] of [
    ['.old.partial', 61],
    ['.running.partial', 59],
  ] as const) {
    const path = join(home, 'blobs', 'sha256', name);
    const seconds = clock.now() / 1000 - minutesAgo * 60;
    writeFileSync(path, 'half');
    utimesSync(path, seconds, seconds);
  }
  openCatalog({ home, clock });
  expect(partials(home)).toEqual(['blobs/sha256/.running.partial']);
});

function partials(home: string): string[] {
  const files = readdirSync(home, { recursive: true, encoding: 'utf8' });
  return files.filter((name) => name.endsWith('.partial'));
}
