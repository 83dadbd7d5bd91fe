import fc from 'fast-check';
import { expect, test } from 'vitest';
import { errorBytes, replyLimits } from './reply-limits.ts';

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

test('each bound is that of its tokens and of what stands around them', () => {
  const kibi = 2 ** 10;
  expect(replyLimits({ maxTokens: 50 }, 4096)).toEqual({
    streamBytes: mebi + 50 * 4 * kibi,
    documentBytes: mebi + 50 * 2 * kibi,
    eventCharacters: mebi + 50 * 2 * kibi,
    textCharacters: 256 * kibi + 50 * 256,
  });
  const { streamBytes, documentBytes } = replyLimits({ maxTokens: 50, logProbabilities: 2 }, 4096);
  expect(streamBytes).toBe(mebi + 50 * (4 + 3) * kibi);
  expect(documentBytes).toBe(mebi + 50 * (2 + 3) * kibi);
  expect(errorBytes).toBe(64 * kibi);
});
