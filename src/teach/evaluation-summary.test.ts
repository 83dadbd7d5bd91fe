import { describe, expect, test } from 'vitest';
import type { EvaluationRow } from './evaluation.ts';
import { gainsOver, summarise } from './evaluation-summary.ts';

const row = (part: Partial<EvaluationRow>): EvaluationRow => ({
  subject: 'countdown',
  mode: 'sampled',
  thinking: 'open',
  problem: 0,
  sample: 0,
  prompt: '',
  completion: '',
  correct: false,
  reason: '',
  wellFormed: true,
  completionTokens: 10,
  truncated: false,
  ...part,
});

/** Problems with so many of four completions right. */
const sampled = (rights: readonly number[]): EvaluationRow[] =>
  rights.flatMap((right, problem) =>
    [0, 1, 2, 3].map((sample) => row({ problem, sample, correct: sample < right, truncated: sample === 3 })),
  );

describe('a summary', () => {
  test('keeps greedy, sampled and budgets apart', () => {
    const {
      accuracies,
      sampled: some,
      budgetCurve,
    } = summarise([
      row({ mode: 'greedy', correct: true }),
      row({ mode: 'greedy', thinking: 'closed' }),
      ...sampled([1]),
      row({ mode: 'budget', sample: 0 }),
      row({ mode: 'budget', sample: 16, correct: true }),
    ]);
    expect(accuracies.map(({ thinking, accuracy }) => [thinking, accuracy])).toEqual([
      ['open', 1],
      ['closed', 0],
    ]);
    expect(some.map(({ samples }) => samples)).toEqual([4]);
    expect(budgetCurve.map(({ budget, accuracy }) => [budget, accuracy])).toEqual([
      [0, 0],
      [16, 1],
    ]);
  });

  test('pass@k is without bias, and its interval is over problems', () => {
    const [figures] = summarise(sampled([4, 0, 2, 2])).sampled;
    expect(figures!.passAt.map(({ k, rate }) => [k, Number(rate.toFixed(6))])).toEqual([
      [1, 0.5],
      [2, 0.666667],
      [4, 0.75],
    ]);
    expect(figures!.truncated).toBe(0.25);
    // Sixteen completions of four problems say less than sixteen problems would.
    const [low, high] = figures!.passAt[0]!.interval;
    expect(high - low).toBeGreaterThan(0.5);
    // Three problems that were solved each time are not all problems.
    const [least, most] = summarise(sampled([4, 4, 4])).sampled[0]!.passAt[0]!.interval;
    expect(most).toBe(1);
    expect(least).toBeGreaterThan(0.3);
    expect(least).toBeLessThan(0.9);
  });
});

describe('gains', () => {
  test('are differences problem by problem, narrower than those of two samples', () => {
    const base = sampled([0, 1, 2, 3, 1, 2, 3, 0]);
    const better = sampled([1, 2, 3, 4, 2, 3, 4, 1]);
    const [gain] = gainsOver(better, base);
    expect(gain).toMatchObject({ subject: 'countdown', estimate: 0.25 });
    const [low, high] = gain!.interval;
    // Two samples of eight problems each would leave a whole unit open; eight equal differences are not all there are.
    expect(high - low).toBeLessThan(0.7);
    expect(low).toBeLessThan(0.25);
    expect(high).toBeGreaterThan(0.25);
    expect(gainsOver(base, better)[0]!.estimate).toBe(-0.25);
  });

  test('leave out what only one side sampled', () => {
    expect(
      gainsOver(
        sampled([4]),
        sampled([0]).map((some) => ({ ...some, problem: 9 })),
      ),
    ).toEqual([]);
    expect(gainsOver(sampled([4]), [])).toEqual([]);
  });
});
