import { mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { manualClock } from '../base/index.ts';
import { filesDigest, openCatalog, rememberSpeed } from '../catalog/index.ts';
import { shippedModel } from './local-models.ts';
import { measuredSpeeds } from './measured-speeds.ts';

test('speeds are found by the reference under which a model is pulled, for the runtime that was measured', async () => {
  using directory = mkdtempDisposableSync(join(tmpdir(), 'tiegel-speeds-'));
  const catalog = openCatalog({ home: directory.path, clock: manualClock() });
  // Whatever the file holds: it is found by its name.
  const named = { name: 'deepseek-r1-1.5b-q8_0', source: 'a test' };
  const variant = await catalog.variants.importFile(shippedModel.path, named);
  const rates = [
    { sequences: 1, promptTokensPerSecond: 100, tokensPerSecond: 7 },
    { sequences: 4, promptTokensPerSecond: 100, tokensPerSecond: 20 },
  ];
  rememberSpeed(catalog.home, filesDigest(variant), { runtimeBuild: 'this', at: 1, rates });
  expect(measuredSpeeds(catalog, 'this')('deepseek-r1:1.5b-q8_0')).toBe(7);
  expect(measuredSpeeds(catalog, 'this')('deepseek-r1:1.5b-q6_k')).toBe(undefined);
  expect(measuredSpeeds(catalog, 'another')('deepseek-r1:1.5b-q8_0')).toBe(undefined);
});
