import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadRecipe, parseRecipe, type Recipe, recipeDigest, recipeOfStage } from './recipe.ts';
import type { GrpoStage } from './stages/grpo-stage.ts';
import type { SftStage } from './stages/sft-stage.ts';

const pico = loadRecipe('pico');

describe('recipes', () => {
  test('the shipped ones are valid and end with a model that can be served', () => {
    for (const { stages } of [pico, loadRecipe('nano')]) {
      expect(stages[0]!.stage).toBe('sft');
      expect(stages.at(-1)).toMatchObject({ stage: 'quantise', types: ['Q8_0'] });
    }
    expect(pico.model.width).toBeLessThan(loadRecipe('nano').model.width);
  });

  test('an override changes the digest', () => {
    expect(recipeDigest(loadRecipe('pico', { steps: 7 }))).not.toBe(recipeDigest(pico));
    expect(recipeDigest(loadRecipe('pico'))).toBe(recipeDigest(pico));
  });

  test('overrides reach every stage, leave others out and name where to start', () => {
    const { stages, from, evaluation } = loadRecipe('pico', {
      steps: 7,
      problems: 5,
      stages: ['sft', 'quantised'],
      from: 'runs/other',
    });
    expect(stages.map((stage) => ('steps' in stage ? stage.steps : stage.name))).toEqual([7, 'quantised']);
    expect([from, evaluation.problems]).toEqual(['runs/other', 5]);
    expect(() => loadRecipe('pico', { stages: ['grpo'] })).toThrow(/no stage grpo among sft, evaluation/);
  });

  test('a recipe can come from a file', () => {
    const path = join(tmpdir(), `tiegel-recipe-${process.pid}.json`);
    writeFileSync(path, JSON.stringify({ ...pico, name: 'mine' }));
    expect(loadRecipe(path).name).toBe('mine');
    writeFileSync(path, '{"name": ');
    expect(() => loadRecipe(path)).toThrow(expect.objectContaining({ code: 'TGL_RECIPE_INVALID' }));
  });

  test('a name that is neither a recipe nor a file lists the recipes', () => {
    expect(() => loadRecipe('piko')).toThrow(/There is no recipe piko; the recipes are pico, nano/);
    expect(() => loadRecipe('constructor')).toThrow(expect.objectContaining({ code: 'TGL_RECIPE_UNKNOWN' }));
  });

  const { model, data, stages } = pico;
  const sft = stages[0] as SftStage;
  const { optimiser } = sft;
  const { outside: _, ...mixtureWithoutOutside } = data.mixture;
  const persist = loadRecipe('persist');
  const withTasks = (countdown: unknown) => ({ data: { ...data, tasks: { countdown } } });
  const noMixture = { countdown: 0, multiplication: 0, 'chain-arithmetic': 0, outside: 0 };
  const grpo: GrpoStage = {
    stage: 'grpo',
    name: 'grpo',
    steps: 5,
    lanes: 2,
    optimiser,
    prompts: { countdown: 1, multiplication: 0, 'chain-arithmetic': 0 },
    samples: 8,
    maxTokens: 100,
    groups: 4,
    rounds: 2,
    updates: 1,
    advantage: { scale: 'none', epsilon: 1e-4 },
    aggregation: 'constant',
    ratio: 'token',
    clip: { low: 0.2, high: 0.28 },
    klWeight: 0,
    rewards: { accuracy: 1 },
    overlongCache: 20,
  };
  const alone = (stage: object) => ({ stages: [stage] });

  test.each<[string, object]>([
    ['stages.0.steps', alone({ ...sft, steps: 0 })],
    ['stages.0', alone({ ...sft, stepz: 5 })],
    [
      'stages.0.optimiser.learningRate',
      alone({ ...sft, optimiser: { ...optimiser, learningRate: Number.NaN } }),
    ],
    ['stages.0.lanes', alone({ ...sft, lanes: 5 })],
    ['stages.0.stage', alone({ ...sft, stage: 'sftt' })],
    ['stages.1.name', { stages: [sft, sft] }],
    ['stages', { stages: [] }],
    ['stages.0.samples', alone({ ...grpo, samples: 1 })],
    ['stages.0.updates', alone({ ...grpo, updates: 5 })],
    ['stages.0.clip', alone({ ...grpo, clip: { ...grpo.clip, upper: 1 } })],
    ['stages.0.rewards', alone({ ...grpo, rewards: { beauty: 1 } })],
    ['stages.0.advantage.scale', alone({ ...grpo, advantage: { scale: 'mean', epsilon: 0 } })],
    ['stages.0.prompts', alone({ ...grpo, prompts: { ...grpo.prompts, countdown: 0 } })],
    ['stages.0.controls', alone({ ...grpo, controls: { luck: {} } })],
    ['model.heads', { model: { ...model, heads: 5 } }],
    ['model.keyValueHeads', { model: { ...model, keyValueHeads: 2 } }],
    ['data.mixture', { data: { ...data, mixture: noMixture } }],
    ['data.mixture', { data: { ...data, mixture: { sudoku: 1 } } }],
    ['data.tasks.countdown', withTasks({ difficulty: { depth: 1 } })],
    ['data.tasks.countdown', withTasks({ difficulty: { unsolvable: 101 } })],
    ['data.tasks.countdown', withTasks({ colour: 'red' })],
    ['data.tasks.countdown.demonstrations.order', withTasks({ demonstrations: { order: 'up' } })],
    ['stages.0.cutOff', alone({ ...grpo, cutOff: 'right' })],
    ['stages.0.strictFrom', alone({ ...grpo, strictFrom: 2 })],
    ['stages.0.controls.variants', alone({ ...grpo, controls: { variants: { start: grpo } } })],
    ['data.demonstrated', { data: { ...data, demonstrated: 1 } }],
    ['data.withoutSearch', { data: { ...data, withoutSearch: 1.5 } }],
    ['data.longestSample', { data: { ...data, longestSample: model.contextLength + 1 } }],
    ['seed', { seed: -1 }],
    ['schema', { schema: 1 }],
  ])('a recipe that is wrong at %s says so', (path, change) => {
    expect(() => parseRecipe('mine', { ...pico, ...change })).toThrow(`not valid at ${path}`);
  });

  test('a kind that a mixture does not name has no share', () => {
    const { mixture } = parseRecipe('mine', {
      ...pico,
      data: { ...data, mixture: mixtureWithoutOutside },
    }).data;
    expect(mixture.outside).toBeUndefined();
  });

  test('demonstrations are refused for a task that has none that could be drawn', () => {
    const demonstrations = persist.data.tasks?.countdown?.demonstrations;
    const tasks = { multiplication: { demonstrations } };
    expect(() => parseRecipe('mine', { ...pico, data: { ...data, tasks } })).toThrow(
      /multiplication has no demonstrations/,
    );
  });

  test('a stage sees its own settings of tasks before those of the data, member by member', () => {
    const stage = persist.stages.find(({ name }) => name === 'cold-start');
    const tasks = { countdown: { difficulty: { numbers: 4 }, wording: 1 } };
    const seen = recipeOfStage(persist, { ...(stage as SftStage), tasks }).data.tasks?.countdown;
    expect(seen?.difficulty).toEqual({ ...persist.data.tasks?.countdown?.difficulty, numbers: 4 });
    expect(seen).toMatchObject({ wording: 1, language: 'en' });
    expect(recipeOfStage(persist, stage as SftStage)).toBe(persist);
  });

  test('a recipe of the first format is told what to do', () => {
    const { stages: __, ...rest } = pico;
    expect(() => parseRecipe('old', { ...rest, schema: 1, training: {} })).toThrow(/lists its stages/);
  });

  test.each([null, [], 'pico', 7])('%j is not a recipe', (value) => {
    expect(() => parseRecipe('mine', value)).toThrow(expect.objectContaining({ code: 'TGL_RECIPE_INVALID' }));
  });

  test('parsing keeps every value', () => {
    expect(parseRecipe('pico', JSON.parse(JSON.stringify(pico)))).toEqual(pico satisfies Recipe);
  });
});
