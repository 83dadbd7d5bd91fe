// The score that comes with the program can be read, comes back from its text, and is refused where something of it is missing.
import { expect, test } from 'vitest';
import { featureNames } from '../account/account-features.ts';
import { vocabularySize } from '../features/fourier.ts';
import { decodeGuardScore, encodeGuardScore, shippedGuardScore } from './guard-score.ts';

test('the shipped score comes back from its text', () => {
  const score = shippedGuardScore();
  expect(score.lexical.weights).toHaveLength(vocabularySize);
  expect(score.classes.undeclared.terms).toHaveLength(featureNames.length);
  const again = decodeGuardScore(encodeGuardScore(score));
  expect(again.classes).toEqual(score.classes);
  const largest = Math.max(...score.lexical.weights.map(Math.abs));
  for (const [index, weight] of again.lexical.weights.entries())
    expect(Math.abs(weight - score.lexical.weights[index]!)).toBeLessThan(largest / 20_000);
});

test('a text that lacks something is refused', () => {
  const whole = JSON.parse(encodeGuardScore(shippedGuardScore())) as Record<string, unknown>;
  const { chat: _, ...classes } = whole.classes as Record<string, unknown>;
  const lexical = { ...(whole.lexical as object), weights: 'AAAA' };
  for (const wrong of [
    { ...whole, version: 2 },
    { ...whole, classes },
    { ...whole, lexical },
  ])
    expect(() => decodeGuardScore(JSON.stringify(wrong))).toThrow(/^decodeGuardScore: /);
});
