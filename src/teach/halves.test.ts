import { describe, expect, test } from 'vitest';
import type { EvaluationRow } from './evaluation.ts';
import { type Half, halfLeads, halvesOf, traceShares } from './halves.ts';

const row = (
  half: Half,
  problem: number,
  sample: number,
  own: Partial<EvaluationRow> = {},
): EvaluationRow => ({
  subject: 'countdown',
  mode: 'sampled',
  thinking: 'open',
  problem,
  sample,
  prompt: '',
  completion: '',
  correct: false,
  reason: '',
  wellFormed: true,
  completionTokens: 10,
  truncated: false,
  half,
  outOfRoom: false,
  falseClaim: false,
  ...own,
});

describe('halves', () => {
  const rows = [
    row('solvable', 0, 0, { correct: true }),
    row('solvable', 0, 1),
    row('solvable', 1, 0, { falseClaim: true }),
    row('solvable', 1, 1, { completionTokens: 30 }),
    row('solvable', 0, 0, { mode: 'greedy', correct: true }),
    row('solvable', 0, 0, { mode: 'greedy', thinking: 'closed' }),
    row('unsolvable', 9, 0, { correct: true, truncated: true, outOfRoom: true }),
    row('unsolvable', 9, 1, { correct: true }),
  ];

  test('stand by themselves, with the strict rule beside the recipe’s', () => {
    const [solvable, unsolvable] = halvesOf(rows);
    expect(solvable).toMatchObject({
      half: 'solvable',
      problems: 2,
      samples: 2,
      meanTokens: 15,
      falseClaims: 0.25,
    });
    expect(solvable?.passAt1.estimate).toBe(0.25);
    expect(solvable?.passAtAll.estimate).toBe(0.5);
    expect(solvable?.greedy?.estimate).toBe(1);
    expect(unsolvable).toMatchObject({ half: 'unsolvable', outOfRoom: 0.5 });
    expect(unsolvable?.passAt1.estimate).toBe(1);
    expect(unsolvable?.strict.estimate).toBe(0.5);
  });

  test('are absent where no problem belongs to one', () => {
    expect(halvesOf([{ ...row('solvable', 0, 0), half: undefined }])).toEqual([]);
  });

  test('leads are taken problem by problem, over problems that both were asked', () => {
    const better = rows.map((one) => (one.problem === 1 ? { ...one, correct: true } : one));
    const [lead] = halfLeads(better, [...rows, row('solvable', 5, 0, { correct: true })]);
    expect(lead?.passAt1.estimate).toBe(0.5);
    expect(lead?.passAtAll.estimate).toBe(0.5);
    expect(lead?.greedy?.estimate).toBe(0);
    expect(lead?.passAt1.interval[0]).toBeLessThanOrEqual(0.5);
  });
});

test('giving up counts traces that ended by themselves, per guess that missed', () => {
  const facts = { guesses: 4, wrong: 1, repeated: 2, misses: 4, endsInMiss: true };
  const shares = traceShares([
    { stopped: true, facts },
    { stopped: false, facts },
    { stopped: true, facts: { ...facts, misses: 2, endsInMiss: false } },
    { stopped: true },
  ]);
  expect(shares).toEqual({ guessesPerCompletion: 4, wrong: 0.25, repeated: 0.5, givesUpPerMiss: 0.1 });
  expect(traceShares([{ stopped: true }])).toBeUndefined();
});
