// The shipped model writes the same tokens, and gives the same log-probabilities, as it did through the binding that the
// engine used before: fixtures/engine/shipped-model.json was recorded with that one.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import fixture from '../../../fixtures/engine/shipped-model.json' with { type: 'json' };
import { tiegelTemplate } from '../../formats/index.ts';
import { collect, greedy, textOf, tokensOf } from '../contract-case.ts';
import { createLlamaEngine, type LlamaEngine } from './llama-engine.ts';
import { patience } from './test-model.ts';

const root = join(import.meta.dirname, '..', '..', '..');
let engine: LlamaEngine;
beforeAll(async () => {
  const modelPath = join(root, 'models', 'tiegel-nano', 'tiegel-nano.q8_0.gguf');
  engine = await createLlamaEngine({ model: 'shipped', modelPath, compared: [], slots: 4 });
}, patience);
afterAll(async () => await engine[Symbol.asyncDispose]());

const promptOf = (content: string) =>
  tiegelTemplate.render([{ role: 'user', content }], { thinking: 'open' });

test.each(fixture.cases)('greedy text, one at a time: $content', async ({ content, ids, text, end }) => {
  const events = await collect(engine, greedy(promptOf(content), 200));
  const tokens = tokensOf(events);
  expect(tokens.map(({ id }) => id)).toEqual(ids);
  expect(textOf(tokens)).toBe(text);
  expect(events.at(-1)).toMatchObject({ reason: end });
});

test('greedy text, all at the same time', async () => {
  // Where the model babbles, tokens are about as likely as others, and the rounding of a shared batch decides.
  const sound = fixture.cases.filter(({ end }) => end === 'stop');
  const all = sound.map(({ content }) => collect(engine, greedy(promptOf(content), 200)));
  expect((await Promise.all(all)).map((events) => textOf(tokensOf(events)))).toEqual(
    sound.map(({ text }) => text),
  );
});

test.each(fixture.cases)('log-probabilities: $content', async ({ content, logProbabilities }) => {
  const request = { ...greedy(promptOf(content), 24), logProbabilities: 3 };
  const tokens = tokensOf(await collect(engine, request));
  expect(tokens).toHaveLength(logProbabilities.length);
  for (const [place, { logProbability, alternatives = [] }] of tokens.entries()) {
    const found = [logProbability, ...alternatives.map((alternative) => alternative.logProbability)];
    for (const [index, value] of (logProbabilities[place] as number[]).entries())
      expect(Math.abs((found[index] as number) - value)).toBeLessThan(1e-3);
  }
});

test('the state behind a text', async () => {
  const [embedding] = (await engine.embed?.(['three apples and five'])) ?? [];
  const { vector, tokens } = fixture.embedding;
  expect(embedding?.tokens).toBe(tokens);
  const distance = Math.hypot(...vector.map((value, index) => value - (embedding?.vector[index] as number)));
  // It was computed in parts of another size, by quantised weights.
  expect(distance / Math.hypot(...vector)).toBeLessThan(0.02);
});
