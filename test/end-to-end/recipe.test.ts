// The commented scripts, at a few steps. That of the smallest recipe teaches, shows the file, and ends at the gate, because a
// model that babbles is not admitted; that of `persist` teaches every seed and reports on them.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
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

test('recipes/persist.sh goes from the cold start to the report on all arms and both halves, and does nothing twice', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tiegel-persist-'));
  const recipe = join(directory, 'small.json');
  const whole = JSON.parse(readFileSync('src/teach/recipes/persist.json', 'utf8'));
  const [coldStart, grpo, quantised] = whole.stages.slice(-3);
  const { sft, variants } = grpo.controls;
  const few = { samples: 2, keep: 2, epochs: 1 };
  const controls = {
    sft,
    reject: { ...grpo.controls.reject, ...few },
    variants: Object.fromEntries(
      Object.entries(variants).map(([name, control]) => [name, { ...(control as object), ...few }]),
    ),
  };
  // So little is imitated that only giving up is learned, which is right on half of the problems.
  const { demonstrations } = whole.data.tasks.countdown;
  const alwaysGivesUp = { ...demonstrations, givesUp: 1, patient: 0 };
  const stages = [
    {
      ...coldStart,
      steps: 100,
      optimiser: { ...coldStart.optimiser, learningRate: 0.003 },
      tasks: { countdown: { demonstrations: alwaysGivesUp } },
    },
    { ...grpo, steps: 2, groups: 8, samples: 4, watchEverySteps: 1, controls },
    quantised,
  ];
  const evaluation = { ...whole.evaluation, samples: 2 };
  writeFileSync(recipe, JSON.stringify({ ...whole, name: 'small', stages, evaluation }));
  const script = () =>
    runToEnd(emptyHome(), ['bash', 'recipes/persist.sh', directory], {
      RECIPE: recipe,
      SEEDS: '7',
      PROBLEMS: '4',
    });

  const first = await script();
  expect(first).toMatchObject({ code: 0 });
  const record = JSON.parse(readFileSync(join(directory, 'seed-7', 'training-record.json'), 'utf8'));
  expect(record.recipe.seed).toBe(7);
  const { arms, ceilings } = record.stages[1];
  expect(arms.map(({ name }: { name: string }) => name)).toEqual([
    'start',
    'sft-continued',
    'rejection-sampling',
    ...Object.keys(variants),
    'grpo',
  ]);
  for (const { evaluation: figures } of arms) {
    expect(
      figures.halves.map(({ half, problems }: { half: string; problems: number }) => [half, problems]),
    ).toEqual([
      ['solvable', 4],
      ['unsolvable', 4],
    ]);
  }
  expect(ceilings).toHaveLength(2);
  const watched = readFileSync(join(directory, 'seed-7', 'grpo', 'watched.jsonl'), 'utf8')
    .trim()
    .split('\n');
  expect(watched.map((line) => JSON.parse(line).step)).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2]);
  const markdown = readFileSync(join(directory, 'report.md'), 'utf8');
  expect(markdown).toContain('gives up per miss');
  expect(markdown).toContain('Who never gives up and never errs gets');
  expect(readFileSync(join(directory, 'report.html'), 'utf8')).toContain('The same problem, step by step');

  expect(await script()).toMatchObject({ code: 0 });
  const again = JSON.parse(readFileSync(join(directory, 'seed-7', 'training-record.json'), 'utf8'));
  expect(again).toEqual(record);
}, 400_000);
