import fc from 'fast-check';
import { expect, test } from 'vitest';
import { replyLimits } from './reply-limits.ts';

const mebi = 2 ** 20;

test('a reply of 50 tokens may take little more than its headers', () => {
  const { streamBytes, documentBytes, textCharacters } = replyLimits({ maxTokens: 50 }, 32_768);
  expect(Math.max(streamBytes, documentBytes)).toBeLessThan(1.25 * mebi);
  expect(textCharacters).toBeLessThan(0.3 * mebi);
});

test('no wish makes room for more than the context holds', () => {
  const whole = replyLimits({ maxTokens: 4096 }, 4096);
  expect(replyLimits({ maxTokens: 1e9 }, 4096)).toEqual(whole);
});

test('the longest tokens that a model can write fit, with all their likelihoods', () => {
  const token = { token: 'x'.repeat(128), logprob: -0.123456789, bytes: Array(128).fill(120) };
  const event = (alternatives: number): string => {
    const likely = { ...token, top_logprobs: Array(alternatives).fill(token) };
    const choice = { index: 0, delta: { content: token.token }, logprobs: { content: [likely] } };
    return JSON.stringify({ id: 'x'.repeat(64), model: 'x'.repeat(256), choices: [choice] });
  };
  fc.assert(
    fc.property(fc.nat(20), fc.integer({ min: 1, max: 4096 }), (logProbabilities, maxTokens) => {
      const limits = replyLimits({ maxTokens, logProbabilities }, 4096);
      expect(event(logProbabilities).length * maxTokens).toBeLessThan(limits.streamBytes);
      expect(token.token.length * maxTokens).toBeLessThan(limits.textCharacters);
    }),
  );
});
