import { mkdirSync, mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { physicalCores } from './physical-cores.ts';

test('processors that share a core count once, and none that may not be used', () => {
  using place = mkdtempDisposableSync(join(tmpdir(), 'tiegel-cores-'));
  for (const [index, siblings] of ['0,2', '1,3', '0,2', '1,3'].entries()) {
    const folder = join(place.path, `cpu${index}`, 'topology');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'thread_siblings_list'), `${siblings}\n`);
  }
  mkdirSync(join(place.path, 'cpufreq'));
  expect(physicalCores(place.path, 4)).toBe(2);
  expect(physicalCores(place.path, 1)).toBe(1);
});

test('where the system does not tell, each processor counts', () => {
  expect(physicalCores('/nowhere', 6)).toBe(6);
});
