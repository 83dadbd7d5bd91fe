// The story that the guard is for, in a smaller size: a thief's accounts are found as one, and of two students the one that learned from what
// leaked is proven and the other one is not.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyHome, runToEnd } from '../end-to-end/tiegel-process.ts';

test('recipes/harvest.sh finds twenty accounts as one, proves the student of what leaked, and clears the other one', {
  timeout: 1_800_000,
}, async () => {
  const story = join(mkdtempSync(join(tmpdir(), 'tiegel-harvest-')), 'story');
  const told = await runToEnd(emptyHome(), ['bash', 'recipes/harvest.sh', story], {
    ...{ SAMPLES: '120', EPOCHS: '24' },
  });
  expect([told.code, told.stderr]).toEqual([0, expect.any(String)]);
  expect(told.stdout).toContain('traces    coins (operand-order/1)');
  expect(told.stdout).toMatch(/20 accounts belong together by .*distribution \(20\)/);
  expect(told.stdout).toContain('leaked: proven');
  expect(told.stdout).toContain('unmarked: nothing-found');
  const found = (name: string) => {
    const { payload } = JSON.parse(readFileSync(join(story, `${name}.found.json`), 'utf8')) as {
      payload: string;
    };
    return (
      JSON.parse(Buffer.from(payload, 'base64').toString()) as {
        predicate: { findings: { exposure: { p: number } } };
      }
    ).predicate;
  };
  expect(found('leaked').findings.exposure.p).toBeLessThan(1e-6);
  expect(found('unmarked').findings.exposure.p).toBeGreaterThan(1e-3);
});
