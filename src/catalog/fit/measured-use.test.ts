import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { digestOf } from '../../base/index.ts';
import { correctionOf, measuredUses, rememberUse } from './measured-use.ts';

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
