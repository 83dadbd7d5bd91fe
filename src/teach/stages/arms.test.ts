// Evaluations that were written down: they are read instead of being repeated, and refused where they are damaged.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { EvaluationRow } from '../evaluation.ts';
import { idleContext, tinySize } from '../fixture.ts';
import { loadRecipe } from '../recipe.ts';
import { taskTokenizer } from '../vocabulary.ts';
import { compareCandidates, evaluateWeights } from './arms.ts';
import type { Run } from './stage-kind.ts';

const recipe = loadRecipe('pico');
const tokenizer = taskTokenizer();
const row = (problem: number, correct: boolean): EvaluationRow => ({
  subject: 'countdown',
  mode: 'sampled',
  thinking: 'open',
  problem,
  sample: 0,
  prompt: 'a prompt',
  completion: 'a completion',
  correct,
  reason: '',
  wellFormed: true,
  completionTokens: 3,
  truncated: false,
});

let directory: string;
let evaluations: number;
const runOf = (correctAt: (value: number) => boolean = () => true): Run => {
  const context = idleContext({
    evaluate: async () => {
      evaluations += 1;
      return [row(0, correctAt(context.pool.values[0] as number)), row(1, true)];
    },
  });
  return {
    recipe,
    directory,
    tokenizer,
    stopToken: 0,
    context,
    teacher: undefined,
    offline: true,
    keyIn: () => undefined,
    evaluated: new WeakMap(),
    onEvaluation: undefined,
  };
};

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tiegel-arms-'));
  evaluations = 0;
});

test('what was evaluated is read by a resumed run, and not evaluated again', async () => {
  const values = new Float32Array(tinySize);
  const rows = await evaluateWeights(runOf(), values, 'sft', directory);
  expect(await evaluateWeights(runOf(), values, 'sft', directory)).toEqual(rows);
  expect(evaluations).toBe(1);
});

test.each([
  [
    'a line of another type',
    (text: string) => text.replace('"correct":true', '"correct":1'),
    /line 1 .*correct/,
  ],
  ['a line that is no JSON', (text: string) => `${text}{\n`, /line 3 is not JSON/],
  ['a line that is cut off', (text: string) => text.slice(0, -9), /line 2 is cut off/],
  ['nothing', () => '', /line 1 is cut off/],
])(
  'an evaluation that holds %s is refused with file and line, and stays as it is',
  async (_, damage, problem) => {
    const values = new Float32Array(tinySize);
    await evaluateWeights(runOf(), values, 'sft', directory);
    const path = join(directory, 'evaluation.jsonl');
    const damaged = damage(readFileSync(path, 'utf8'));
    writeFileSync(path, damaged);
    await expect(evaluateWeights(runOf(), values, 'sft', directory)).rejects.toMatchObject({
      code: 'TGL_RUN_INVALID',
      details: { path, problem: expect.stringMatching(problem) },
    });
    expect(readFileSync(path, 'utf8')).toBe(damaged);
    expect(evaluations).toBe(1);
  },
);

test('the last candidate leads the others, problem by problem', async () => {
  const candidates = [0, 1].map((value) => ({
    name: value === 1 ? 'own' : 'start',
    flops: value,
    values: new Float32Array(tinySize).fill(value),
  }));
  const arms = await compareCandidates(
    runOf((value) => value === 1),
    directory,
    candidates,
  );
  expect(arms).toMatchObject([
    { name: 'start', gains: [{ estimate: 0.5 }] },
    { name: 'own', gains: [] },
  ]);
});
