import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { digestOf } from '../../base/index.ts';
import { correctionOf, measuredSpeed, measuredUses, rememberSpeed, rememberUse } from './measured.ts';

let home = '';
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'tiegel-measured-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const use = { runtimeBuild: 'build 1', slots: 4, contextLength: 1024, grownBytes: 1000 };

test('what was remembered is there again, the largest growth of each size', () => {
  const weights = digestOf('one');
  rememberUse(home, weights, use);
  rememberUse(home, weights, { ...use, slots: 1 });
  rememberUse(home, weights, { ...use, grownBytes: 900 });
  rememberUse(home, weights, { ...use, slots: 1, grownBytes: 1200 });
  expect(measuredUses(home, weights)).toEqual([use, { ...use, slots: 1, grownBytes: 1200 }]);
  expect(measuredUses(home, digestOf('two'))).toEqual([]);
});

test('a file that cannot be read counts as none and is replaced', () => {
  const weights = digestOf('three');
  rememberUse(home, weights, use);
  writeFileSync(join(home, 'measured', `${weights}.json`), '{"schema": 1');
  expect(measuredUses(home, weights)).toEqual([]);
  rememberUse(home, weights, use);
  expect(measuredUses(home, weights)).toEqual([use]);
});

test('no more than 32 sizes are kept, the newest', () => {
  const weights = digestOf('four');
  for (let slots = 1; slots <= 40; slots++) rememberUse(home, weights, { ...use, slots });
  const kept = measuredUses(home, weights);
  expect([kept.length, kept[0]?.slots, kept.at(-1)?.slots]).toEqual([32, 9, 40]);
});

test('an estimate is corrected by the error at the nearest size', () => {
  const estimate = ({ slots, contextLength }: { slots: number; contextLength: number }): number =>
    slots * contextLength;
  const correction = correctionOf([use, { ...use, slots: 1, grownBytes: 5000 }], estimate);
  expect(correction({ slots: 4, contextLength: 1100 })).toBe(1000 - 4096);
  expect(correction({ slots: 1, contextLength: 512 })).toBe(5000 - 1024);
  expect(correctionOf([], estimate)({ slots: 4, contextLength: 1024 })).toBe(0);
});

test('the last speed of each runtime is kept beside what loads took', () => {
  const weights = digestOf('five');
  const rates = [{ sequences: 1, promptTokensPerSecond: 900.5, tokensPerSecond: null }];
  rememberUse(home, weights, use);
  rememberSpeed(home, weights, { runtimeBuild: 'build 1', at: 1, rates: [] });
  rememberSpeed(home, weights, { runtimeBuild: 'build 2', at: 2, rates: [] });
  rememberSpeed(home, weights, { runtimeBuild: 'build 1', at: 3, rates });
  rememberUse(home, weights, { ...use, slots: 1 });
  expect(measuredSpeed(home, weights, 'build 1')).toEqual({ runtimeBuild: 'build 1', at: 3, rates });
  expect(measuredSpeed(home, weights, 'build 2')?.at).toBe(2);
  expect(measuredSpeed(home, weights, 'build 3')).toBe(undefined);
  expect(measuredUses(home, weights)).toHaveLength(2);
  for (let build = 10; build < 30; build++)
    rememberSpeed(home, weights, { runtimeBuild: `build ${build}`, at: 4, rates });
  expect(measuredSpeed(home, weights, 'build 29')?.at).toBe(4);
  expect(measuredSpeed(home, weights, 'build 10')).toBe(undefined);
});
