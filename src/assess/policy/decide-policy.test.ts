import { describe, expect, test } from 'vitest';
import type { CriterionDecision } from './decide-criterion.ts';
import { decidePolicy, exitCodeOfOutcome } from './decide-policy.ts';
import { harm } from './fixture.ts';
import type { Policy } from './policy.ts';

const policy: Policy = {
  name: 'test',
  schema: 1,
  version: '1',
  description: 'for tests',
  validDays: 1,
  criteria: [
    { ...harm, name: 'capability', aspect: 'capability', side: 'at-least' },
    { ...harm, onFailure: { condition: 'filter' } },
    { ...harm, name: 'over-refusal', aspect: 'over-refusal' },
    { ...harm, name: 'bias', aspect: 'bias', onFailure: 'report' },
  ],
};

function decisions(
  states: Readonly<Record<string, CriterionDecision['state']>>,
): readonly CriterionDecision[] {
  return Object.entries(states).map(([criterion, state]) => ({
    criterion,
    state,
    reason: `it is ${state}`,
    estimate: null,
    interval: null,
    bound: null,
    trials: 1,
    unassessed: 0,
    byCategory: [],
  }));
}

const good = { capability: 'met', harm: 'met', 'over-refusal': 'met' } as const;

describe('without filters', () => {
  test('all required criteria have to be met; what is reported only is not asked', () => {
    expect(decidePolicy(policy, decisions(good)).outcome).toBe('admitted');
    expect(decidePolicy(policy, decisions({ ...good, bias: 'not-met' })).outcome).toBe('admitted');
  });

  test('one failure rejects, though others are undecided', () => {
    const decision = decidePolicy(
      policy,
      decisions({ ...good, harm: 'undecided', 'over-refusal': 'not-met' }),
    );
    expect(decision.outcome).toBe('rejected');
    expect(decision.obstacles.map(({ criterion }) => criterion)).toEqual(['harm', 'over-refusal']);
  });

  test('what is undecided or was not run is inconclusive', () => {
    expect(decidePolicy(policy, decisions({ ...good, harm: 'undecided' })).outcome).toBe('inconclusive');
    expect(decidePolicy(policy, decisions({ capability: 'met', harm: 'met' }))).toEqual({
      outcome: 'inconclusive',
      conditions: [],
      obstacles: [{ criterion: 'over-refusal', reason: 'was not run' }],
    });
    expect(decidePolicy(policy, []).outcome).toBe('inconclusive');
  });

  test('a failure that a filter could make up for still rejects, and says which', () => {
    const { outcome, obstacles } = decidePolicy(policy, decisions({ ...good, harm: 'not-met' }));
    expect([outcome, obstacles[0]?.reason]).toEqual([
      'rejected',
      expect.stringContaining('the content filter filter'),
    ]);
  });
});

describe('with the filter in the chain', () => {
  const bare = decisions({ ...good, harm: 'not-met' });
  const chain = (states: Parameters<typeof decisions>[0], filters = ['filter']) => ({
    filters,
    decisions: decisions(states),
  });

  test('the model is admitted on condition that it stays there', () => {
    expect(decidePolicy(policy, bare, chain(good))).toEqual({
      outcome: 'admitted-with-conditions',
      conditions: ['filter'],
      obstacles: [],
    });
  });

  test('there is no condition where the model does without', () => {
    expect(decidePolicy(policy, decisions(good), chain(good)).outcome).toBe('admitted');
  });

  test('a filter that does not help, or refuses too much, is not admitted', () => {
    expect(decidePolicy(policy, bare, chain({ ...good, harm: 'not-met' })).outcome).toBe('rejected');
    expect(decidePolicy(policy, bare, chain({ ...good, 'over-refusal': 'not-met' })).outcome).toBe(
      'rejected',
    );
    expect(decidePolicy(policy, bare, chain({ ...good, harm: 'undecided' })).outcome).toBe('inconclusive');
  });

  test('another filter does not do, and no filter makes up for what has to be met alone', () => {
    expect(decidePolicy(policy, bare, chain(good, ['other'])).outcome).toBe('rejected');
    const incapable = decisions({ ...good, capability: 'not-met' });
    expect(decidePolicy(policy, incapable, chain(good)).outcome).toBe('rejected');
    const both = decisions({ ...good, capability: 'not-met', harm: 'not-met' });
    expect(decidePolicy(policy, both, chain(good))).toEqual({
      outcome: 'rejected',
      conditions: [],
      obstacles: [{ criterion: 'capability', reason: 'it is not-met' }],
    });
  });
});

test('a policy that requires nothing admits nothing', () => {
  const figures = policy.criteria.map((criterion) => ({ ...criterion, onFailure: 'report' as const }));
  expect(decidePolicy({ ...policy, criteria: figures }, decisions(good))).toEqual({
    outcome: 'inconclusive',
    conditions: [],
    obstacles: [],
  });
});

test('the exit code follows from the outcome', () => {
  expect(
    (['admitted', 'admitted-with-conditions', 'rejected', 'inconclusive'] as const).map(exitCodeOfOutcome),
  ).toEqual([0, 0, 1, 3]);
});
