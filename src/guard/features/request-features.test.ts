import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fourierSize, vocabularySize } from './fourier.ts';
import { createFeatureExtractor } from './request-features.ts';

const extract = createFeatureExtractor([1, 2]);

test('any text gives features of the declared shape, and the same again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 3000 }), (prompt) => {
      const features = extract(prompt);
      expect(features.grams.length).toBe(features.weights.length);
      expect(features.grams.every((gram) => gram < vocabularySize)).toBe(true);
      expect(new Set(features.grams).size).toBe(features.grams.length);
      const squares = features.weights.reduce((sum, weight) => sum + weight * weight, 0);
      if (features.grams.length > 0) expect(squares).toBeCloseTo(1, 3);
      expect(features.fourier.length).toBe(fourierSize);
      expect(features.fourier.every((value) => Math.abs(value) <= 1)).toBe(true);
      expect(extract(prompt)).toEqual(features);
    }),
  );
});

test('another key gives other hashes, and the same fingerprint and n-grams', () => {
  const other = createFeatureExtractor([1, 3])('Translate this text');
  const one = extract('Translate this text');
  for (const name of ['prompt', 'skeleton', 'opening', 'closing'] as const)
    expect(other[name]).not.toBe(one[name]);
  expect(other.fingerprint).toBe(one.fingerprint);
  expect(other.grams).toEqual(one.grams);
});

test('numbers are masked in all but the hashes of the whole prompt', () => {
  const one = extract('Tom has 12 apples and buys 7 more. How many does he have?');
  const other = extract('Tom has 340 apples and buys 99 more. How many does he have?');
  expect(other.prompt).not.toBe(one.prompt);
  expect(other.fingerprint).not.toBe(one.fingerprint);
  expect(other.skeleton).toBe(one.skeleton);
  expect(other.grams).toEqual(one.grams);
});

test('a wrapper shows in the opening or the closing, whatever it wraps', () => {
  const wrapped = (task: string) =>
    extract(`You are an expert in everything. ${task} Explain each step you take.`);
  expect(wrapped('Add two and three.').opening).toBe(wrapped('Name a river in Spain.').opening);
  expect(wrapped('Add two and three.').closing).toBe(wrapped('Name a river in Spain.').closing);
  expect(wrapped('Add two and three.').prompt).not.toBe(wrapped('Name a river in Spain.').prompt);
});

test('case and punctuation make no other prompt; an empty one has features too', () => {
  expect(extract('What is   HTTP').prompt).toBe(extract('what is http').prompt);
  expect(extract('').words).toBe(0);
});

test('of a long prompt head and tail count, in a time that does not grow with it', () => {
  const long = `Summarise. ${'word '.repeat(400_000)} Thank you.`;
  expect(extract(long).words).toBeLessThanOrEqual(2048);
  expect(extract(long).prompt).not.toBe(extract(`${long} Bye.`).prompt);
  expect(extract(long).characters).toBe(long.length);
});

test('of a prompt no text is kept', () => {
  const features = extract('The secret codeword is platypus-7731');
  expect(JSON.stringify(features)).not.toMatch(/platypus|codeword|7731/);
});
