import { describe, expect, test } from 'vitest';
import { confidenceOf, hesitates, mayExit } from './exit-rule.ts';

const probed = (...keys: readonly (string | null)[]) => keys.map((key) => ({ key, confidence: null }));

describe('agreement', () => {
  const rule = { type: 'agreement', equal: 3 } as const;

  test.each([
    [['4', '7', '7', '7'], true],
    [['7', '7'], false],
    [['7', '7', '4', '7'], false],
    [[null, null, null], false],
    [['7', null, '7', '7'], false],
    [[], false],
  ])('%j: %s', (keys, wanted) => {
    expect(mayExit(rule, probed(...keys))).toBe(wanted);
  });
});

describe('confidence', () => {
  const rule = { type: 'confidence', level: 0.9 } as const;

  test('is that of the last probe alone', () => {
    const sure = { key: null, confidence: 0.9 };
    const unsure = { key: '7', confidence: 0.89 };
    expect(mayExit(rule, [unsure, sure])).toBe(true);
    expect(mayExit(rule, [sure, unsure])).toBe(false);
    expect(mayExit(rule, [{ key: '7', confidence: null }])).toBe(false);
  });

  test('is the mean probability from the second token on, or of the only one', () => {
    const tokens = [0.2, 0.5, 1].map((probability) => ({ logProbability: Math.log(probability) }));
    expect(confidenceOf(tokens)).toBeCloseTo(0.75, 12);
    expect(confidenceOf(tokens.slice(0, 1))).toBeCloseTo(0.2, 12);
    expect(confidenceOf([])).toBeNull();
  });
});

test('an answer that takes itself back hesitates, one that merely says no does not', () => {
  for (const answer of ['Wait, 7', '7. Hmm', 'Maybe 7', "I'm not sure"]) expect(hesitates(answer)).toBe(true);
  for (const answer of ['no', '7', 'He waited', 'Chum']) expect(hesitates(answer)).toBe(false);
});
