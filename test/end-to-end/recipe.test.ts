// The commented script of the smallest recipe, at a few steps: it teaches, shows the file, and ends at the gate,
// because a model that babbles is not admitted.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyHome, runToEnd } from './tiegel-process.ts';

test('recipes/pico.sh goes from nothing to the gate, and continues where it stopped', async () => {
  const directory = join(mkdtempSync(join(tmpdir(), 'tiegel-recipe-')), 'pico');
  const script = (steps: string) =>
    runToEnd(emptyHome(), ['bash', 'recipes/pico.sh', directory], { STEPS: steps, PROBLEMS: '2' });

  const first = await script('3');
  expect(first.stdout).toContain('Held-out problems, greedy decoding, 95 % intervals');
  expect(first.stdout).toContain('GGUF version 3');
  expect(first.stdout).toMatch(/fail {2}capability/);
  expect(first.stdout).toContain('Verdict: fail, not admitted');
  expect(first.stdout).not.toContain('Serving');
  expect(first.code).toBe(1);
  const record = JSON.parse(readFileSync(join(directory, 'training-record.json'), 'utf8'));
  expect(record).toMatchObject({ stages: [{ stage: 'sft', steps: 3 }, {}, {}], recipe: { name: 'pico' } });

  const second = await script('3');
  expect(second.code).toBe(1);
  expect(JSON.parse(readFileSync(join(directory, 'training-record.json'), 'utf8')).files).toEqual(
    record.files,
  );
}, 180_000);
