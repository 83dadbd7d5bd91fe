import { expect, test } from 'vitest';
import { usageIn } from './server-usage.ts';

const counts = { prompt_tokens: 10, completion_tokens: 5 };
const plain = { promptTokens: 10, completionTokens: 5, reusedTokens: undefined, reasoningTokens: undefined };

test.each([
  ['the document', { usage: counts }, {}],
  ['the choice', { usage: null }, { usage: counts }],
  ["Groq's extension", { x_groq: { usage: counts } }, {}],
])('is read in %s', (_, document, choice) => {
  expect(usageIn(document, choice)).toEqual(plain);
});

test.each([
  ['nothing', {}],
  ['null', { usage: null }],
  ['zeros', { usage: { prompt_tokens: 0, completion_tokens: 0 } }],
  ['a half', { usage: { prompt_tokens: 10 } }],
  ['the other half', { usage: { completion_tokens: 5 } }],
  ['no numbers', { usage: { prompt_tokens: '10', completion_tokens: -5 } }],
  ['half of the timings', { timings: { prompt_n: 4 } }],
])('%s is no usage', (_, document) => {
  expect(usageIn(document, {})).toBeUndefined();
});

test.each([
  [{ prompt_tokens_details: { cached_tokens: 3 } }, 3],
  [{ input_tokens_details: { cached_tokens: 3 } }, 3],
  [{ prompt_cache_hit_tokens: 3 }, 3],
  [{ cache_read_input_tokens: 3 }, 3],
  [{ cached_tokens: 3 }, 3],
  [{ prompt_tokens_details: { cached_tokens: 0 }, cached_tokens: 3 }, 0],
  [{ prompt_tokens_details: { cached_tokens: null }, cached_tokens: 3 }, 3],
  [{ cached_tokens: 11 }, 10],
])('%o says how many were computed before: %i', (more, reusedTokens) => {
  expect(usageIn({ usage: { ...counts, ...more } }, {})?.reusedTokens).toBe(reusedTokens);
});

test.each([
  [{ completion_tokens_details: { reasoning_tokens: 4 } }, 4],
  [{ output_tokens_details: { reasoning_tokens: 4 } }, 4],
  [{ reasoning_tokens: 4 }, 4],
  [{ reasoning_tokens: 6 }, 5],
])('%o says how many were thought: %i', (more, reasoningTokens) => {
  expect(usageIn({ usage: { ...counts, ...more } }, {})?.reasoningTokens).toBe(reasoningTokens);
});

test('input, cache and what was written to it make the prompt where they are counted apart', () => {
  const usage = {
    input_tokens: 4,
    cache_read_input_tokens: 3,
    cache_creation_input_tokens: 2,
    output_tokens: 5,
  };
  expect(usageIn({ usage }, {})).toEqual({ ...plain, promptTokens: 9, reusedTokens: 3 });
  expect(usageIn({ usage: { input_tokens: 4, output_tokens: 5 } }, {})).toEqual({
    ...plain,
    promptTokens: 4,
  });
});

test('timings stand in where there is no usage', () => {
  const timings = { cache_n: 6, prompt_n: 4, predicted_n: 5 };
  expect(usageIn({ timings }, {})).toEqual({ ...plain, reusedTokens: 6 });
  expect(usageIn({ timings: { prompt_n: 4, predicted_n: 5 } }, {})).toEqual({ ...plain, promptTokens: 4 });
  expect(usageIn({ timings, usage: counts }, {})).toEqual(plain);
});
