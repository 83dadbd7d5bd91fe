import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../base/index.ts';
import type { Pool } from '../strategies/pool.ts';
import { type MeasuredReport, readReport, reportText } from './measured-report.ts';
import { budgetRows, reportRows } from './report-rows.ts';

const random = seededRandom(5);
const reply = (rate: number) => ({ key: '1', correct: random.next() < rate, tokens: 40, thought: 30 });
const pools: readonly Pool[] = Array.from({ length: 120 }, (_, task) => ({
  task: `${task}`,
  greedy: { ...reply(0.7), seconds: 1 },
  samples: Array.from({ length: 6 }, () => reply(0.6)),
  probes: [10, 20].map((thought) => ({
    ...{ key: '1', correct: random.next() < 0.3, tokens: 5, thought, hesitates: false },
  })),
}));
const drawn = {
  ...{ pools, probing: { every: 10, maxProbes: 2, knowsConfidence: false }, random },
  rates: { energy: { low: 1, high: null, method: 'unknown' }, seconds: 60, isPaidByToken: false },
} as const;
const calibration = { selected: { type: 'greedy' }, samples: 6, margin: 0.02, checker: null } as const;
const rows = reportRows(calibration, drawn);

describe('the rows of a report', () => {
  test('have every control once: one reply, one sample, fixed numbers and all', () => {
    const labels = rows.map(({ label }) => label);
    expect(labels.slice(0, 3)).toEqual(['greedy', 'vote, at most 6, all of them', 'one sample']);
    expect(labels).toContain('vote, at most 4, all of them');
    expect(new Set(labels).size).toBe(labels.length);
  });

  test('tell each beside the reply at temperature 0, apart from itself', () => {
    expect(rows.map(({ overGreedy }) => overGreedy === null)).toEqual(rows.map((_, index) => index === 0));
    for (const { accuracy } of rows) {
      expect(accuracy.lower).toBeLessThanOrEqual(accuracy.estimate);
      expect(accuracy.upper).toBeGreaterThanOrEqual(accuracy.estimate);
    }
  });

  test('have a budget for each place of thinking that was probed', () => {
    expect(budgetRows(drawn, 0.02).map(({ label }) => label)).toEqual([
      'at most 10 tokens of thinking',
      'at most 20 tokens of thinking',
      'greedy',
    ]);
    expect(budgetRows({ ...drawn, probing: undefined }, 0.02)).toEqual([]);
  });
});

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const signer = {
  publicKey: publicKey.export({ format: 'jwk' }).x as string,
  sign: (text: string) => sign(null, Buffer.from(text), privateKey).toString('hex'),
};

describe('a report that is kept', () => {
  const report: MeasuredReport = {
    ...{ schema: 1, model: 'm', admissionKey: 'a', effort: 'low', made: '2026-11-30T00:00:00.000Z' },
    ...{ command: 'tiegel meter report m', tasks: 120, selected: { type: 'greedy' }, rows },
    ...{ budgets: [], energy: { method: 'unknown', sources: [], unknown: ['nothing is shown'] } },
    ...{ money: null, hosted: null },
  };
  const text = reportText(report, signer);

  test('is read as it was written', () => {
    expect(readReport('f', text, signer)).toEqual(report);
  });

  test.each([
    ['accuracy', text.replace(/"estimate": 0\.\d+/, '"estimate": 0.999'), 'changed after it was signed'],
    ['member', text.replace('"schema": 1', '"schema": 2'), 'report.schema'],
    ['kind', text.replace('"report": {', '"calibration": {'), 'report: '],
    ['text', text.slice(0, -20), 'no JSON'],
    ['nothing', 'null', 'report: '],
  ])('is refused with another %s', (_, changed, problem) => {
    expect(() => readReport('f', changed, signer)).toThrow(problem);
  });

  test('is refused where another installation has signed it', () => {
    expect(() => readReport('f', text, { ...signer, publicKey: 'other' })).toThrow('another installation');
  });
});
