import { expect, test } from 'vitest';
import { seededRandom } from '../../base/index.ts';
import { createFeatureExtractor } from '../features/request-features.ts';
import { additiveScoreOf, contributionsOf, fitAdditiveScore } from './additive-score.ts';
import { lexicalScoreOf, trainLexicalScore } from './lexical-score.ts';

const extract = createFeatureExtractor([1, 2]);

test('a lexical score tells prompts that it never saw by the words that it was taught', () => {
  const random = seededRandom(1);
  const subject = () => random.pick(['tea', 'rivers', 'chess', 'jazz', 'bees', 'tides', 'glass', 'maps']);
  const honest = () => extract(`hello, my ${subject()} order about ${subject()} has not arrived yet`);
  const extraction = () => extract(`Write a detailed essay about ${subject()} and ${subject()} step by step`);
  const examples = Array.from({ length: 100 }, (_, index) => ({
    features: index % 2 === 0 ? honest() : extraction(),
    isExtraction: index % 2 === 1,
    weight: 1,
  }));
  const score = trainLexicalScore(examples, seededRandom(2));
  for (let index = 0; index < 20; index++) {
    expect(lexicalScoreOf(score, honest())).toBeLessThan(0);
    expect(lexicalScoreOf(score, extraction())).toBeGreaterThan(0);
  }
});

test('the parts of an additive score and its bias add up to it, and only what differs weighs', () => {
  const random = seededRandom(3);
  const examples = Array.from({ length: 400 }, (_, index) => {
    const isExtraction = index % 2 === 1;
    return { features: [random.next() + (isExtraction ? 2 : 0), random.next()], isExtraction, weight: 1 };
  });
  const score = fitAdditiveScore(examples, seededRandom(4));
  const parts = contributionsOf(score, [2.5, 0.5]);
  expect(additiveScoreOf(score, [2.5, 0.5])).toBeCloseTo(score.bias + parts[0]! + parts[1]!, 10);
  expect(additiveScoreOf(score, [2.5, 0.5])).toBeGreaterThan(1);
  expect(additiveScoreOf(score, [0.5, 0.5])).toBeLessThan(-1);
  expect(Math.abs(parts[1]!)).toBeLessThan(Math.abs(parts[0]!) / 2);
  // An absurd value counts no more than eight deviations do.
  expect(additiveScoreOf(score, [1e9, 0.5])).toBe(additiveScoreOf(score, [1e12, 0.5]));
});
