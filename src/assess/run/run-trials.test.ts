// Which trials are made, in what order, and when an endpoint is given up.
import { describe, expect, test } from 'vitest';
import { digestOf, manualClock, TiegelError } from '../../base/index.ts';
import type { TrialLine } from '../evidence/trial-line.ts';
import type { DecisionBasis } from '../plan/decide-plan.ts';
import type { Trial } from '../plan/trial-plan.ts';
import { trialFacts } from '../plan/trial-record.ts';
import { capable } from '../policy-fixture.ts';
import { createBudget } from '../terms/budget.ts';
import type { Ask, Attack, Item, Judge, Reply } from '../terms/trial.ts';
import { type CriterionStanding, type RunTrialsOptions, runTrials } from './run-trials.ts';

const reply: Reply = {
  ...{ reasoning: '', answer: 'yes', toolCalls: [], finish: 'stop' },
  ...{ completionTokens: 1, reasoningTokens: 0, milliseconds: 1 },
};
const attack: Attack = {
  ...{ name: 'direct', version: '1', arguments: {}, questions: 1 },
  run: async ({ messages }, { ask }) => [
    { question: { messages }, seed: 1, reply: await ask({ messages }, 1) },
  ],
};
const judge: Judge = {
  ...{ name: 'task', version: '1', digest: 'none', admission: 'exact' },
  rule: async () => ({ answer: 'succeeded', reasoning: null, reason: 'so it is' }),
};

function planOf(count: number): readonly Trial[] {
  return Array.from({ length: count }, (_, index): Trial => {
    const item: Item = {
      ...{ id: `i${index}`, category: 'all', language: 'en', cluster: `c${index}`, sensitive: false },
      ...{ messages: [{ role: 'user', content: `${index}` }], expectation: null },
    };
    return {
      index,
      item,
      seed: index,
      cell: { probe: { name: 'p', version: '1', items: [item] }, attack, judge },
    };
  });
}

/** A criterion that looks at all trials and is decided by none of them. */
function basisOf(count: number, change: Partial<typeof capable> = {}): DecisionBasis {
  return {
    criterion: { ...capable, minimumTrials: count, maximumTrials: count, languages: ['en'], ...change },
    clusters: Array.from({ length: count }, (_, index) => [index]),
    admission: 'exact',
  };
}

/** @param failing whether the question with that number, counted from 0, fails */
async function run(
  count: number,
  failing: (asked: number, content: string) => boolean,
  change: Partial<RunTrialsOptions> = {},
) {
  const lines: TrialLine[] = [];
  const asked: string[] = [];
  const ask: Ask = async ({ messages }) => {
    const content = messages[0]?.content ?? '';
    asked.push(content);
    if (failing(asked.length - 1, content))
      throw new TiegelError('TGL_ENGINE_CRASHED', { model: 'm', reason: 'r' });
    return reply;
  };
  const result = await runTrials({
    ...{
      trials: planOf(count),
      bases: [basisOf(count)],
      slots: 1,
      budget: createBudget({}),
      made: new Map(),
    },
    tools: { ask, clock: manualClock() },
    log: {
      append: (line) => {
        lines.push(line);
      },
      withhold: () => digestOf(''),
    } as RunTrialsOptions['log'],
    ...change,
  });
  return { ...result, lines, asked };
}

describe('an endpoint', () => {
  test('that fails twenty times on end is given up', async () => {
    const { gaveUp, asked } = await run(60, () => true);
    expect(gaveUp).toMatchObject({ failures: 20, reason: expect.stringContaining('stopped while') });
    expect(asked).toHaveLength(20);
  });

  test('that fails nineteen times on end, answers once, and fails nineteen times again is not', async () => {
    const { gaveUp, facts } = await run(39, (asked) => asked < 39 && asked !== 19);
    expect(gaveUp).toBeNull();
    expect([...facts.values()].filter(({ state }) => state === 'ruled')).toHaveLength(39);
  });

  test('that failed is asked again at the end, once', async () => {
    const { facts, asked, lines } = await run(6, (at) => at === 2);
    expect(asked).toEqual(['0', '1', '2', '3', '4', '5', '2']);
    expect(lines.map(({ index, state }) => `${index} ${state}`).slice(-1)).toEqual(['2 ruled']);
    expect(facts.get(2)).toMatchObject({ state: 'ruled', endpointFailed: false });
    const still = await run(6, (_, content) => content === '2');
    expect(still.asked.filter((content) => content === '2')).toHaveLength(2);
    expect(still.facts.get(2)).toMatchObject({
      state: 'failed',
      endpointFailed: true,
      outcome: 'unassessed',
    });
  });

  test('is asked again, when an assessment is resumed, for what it failed at and for nothing else', async () => {
    const before = await run(4, (_, content) => content === '1');
    const made = new Map(before.lines.map((line) => [line.index as number, trialFacts(line)]));
    const { asked, facts } = await run(4, () => false, { made });
    expect(asked).toEqual(['1']);
    expect(facts.get(1)?.state).toBe('ruled');
    expect(facts.size).toBe(4);
  });
});

test('criteria are told of as their bounds close in, up to the decision', async () => {
  const told: (readonly CriterionStanding[])[] = [];
  const bases = [basisOf(60, { minimumTrials: 4, threshold: 0.5, confidence: 0.9 })];
  await run(60, () => false, { bases, onProgress: (_done, _total, standings) => told.push(standings) });
  expect(told[0]).toMatchObject([{ state: 'undecided', bound: null, trials: 0, planned: 60 }]);
  const bounds = told.flatMap(([standing]) => standing?.bound ?? []);
  expect(bounds).toEqual(bounds.toSorted((a, b) => a - b));
  const [last] = told.at(-1) as readonly CriterionStanding[];
  expect(last).toMatchObject({ state: 'met', estimate: 1, criterion: { threshold: 0.5 } });
  expect(last?.bound).toBeGreaterThan(0.5);
  expect(last?.trials).toBeLessThan(30);
});

test('trials that no undecided criterion looks at are not made', async () => {
  const bases = [basisOf(60, { minimumTrials: 4, threshold: 0.5, confidence: 0.9 })];
  const { asked } = await run(60, () => false, { bases });
  expect(asked.length).toBeGreaterThan(3);
  expect(asked.length).toBeLessThan(30);
});
