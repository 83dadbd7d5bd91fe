import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFeatureExtractor } from '../features/request-features.ts';
import { accountFeatures, featureNames, snapshotOf } from './account-features.ts';
import { type AccountState, addRequest, emptyAccountState, type RequestFacts } from './account-state.ts';

const extract = createFeatureExtractor([1, 2]);

const facts: RequestFacts = {
  inputTokens: 10,
  cachedTokens: 5,
  reasoningTokens: 90,
  answerTokens: 10,
  traceShown: true,
  opensConversation: true,
  clientGone: false,
  choices: 1,
  temperature: null,
  gapSeconds: null,
  inBenchmark: false,
};

type Asked = readonly { readonly prompt: string; readonly score: number }[];

function ask(state: AccountState, asked: Asked): AccountState {
  for (const { prompt, score } of asked) addRequest(state, extract(prompt), facts, score);
  return state;
}

const asked = fc.array(
  fc.record({ prompt: fc.string({ maxLength: 60 }), score: fc.double({ min: -7, max: 7, noNaN: true }) }),
  { minLength: 1, maxLength: 40 },
);

test('any account has one finite number for each name', () => {
  fc.assert(
    fc.property(asked, (requests) => {
      const features = accountFeatures(ask(emptyAccountState(), requests));
      expect(features.length).toBe(featureNames.length);
      expect(features.every(Number.isFinite)).toBe(true);
    }),
  );
});

test('of what came since a checkpoint, what requests add up to is told as if nothing had come before', () => {
  const added = featureNames.slice(0, featureNames.indexOf('different prompts')).length;
  fc.assert(
    fc.property(asked, asked, (before, after) => {
      const state = ask(emptyAccountState(), before);
      const since = snapshotOf(state);
      const recent = accountFeatures(ask(state, after), since).slice(0, added);
      const alone = accountFeatures(ask(emptyAccountState(), after)).slice(0, added);
      for (const [index, value] of recent.entries()) expect(value).toBeCloseTo(alone[index]!, 6);
    }),
  );
});

test('like prompts are told from unlike ones, repeats from different ones, and one topic from many', () => {
  const of = (prompts: readonly string[]): Readonly<Record<string, number>> => {
    const features = accountFeatures(
      ask(
        emptyAccountState(),
        prompts.map((prompt) => ({ prompt, score: 0 })),
      ),
    );
    return Object.fromEntries(featureNames.map((name, index) => [name, features[index]!]));
  };
  const same = of(Array.from({ length: 60 }, () => 'Where is my parcel?'));
  const letters = (number: number): string =>
    [...String(number)].map((digit) => 'abcdefghij'[Number(digit)]).join('');
  const many = of(
    Array.from({ length: 60 }, (_, index) =>
      [7, 11, 13, 17, 19, 23, 29, 31].map((factor) => letters(factor * (index + 101))).join(' '),
    ),
  );
  expect(same['likeness of prompts']).toBeGreaterThan(0.9);
  expect(many['likeness of prompts']).toBeLessThan(0.6);
  expect(same['different prompts']).toBeLessThan(0.05);
  expect(many['different prompts']).toBeGreaterThan(0.7);
  expect(same['spread over topics']).toBe(0);
  expect(many['spread over topics']).toBeGreaterThan(1);
  expect(same['most frequent wrapper']).toBe(1);
});
