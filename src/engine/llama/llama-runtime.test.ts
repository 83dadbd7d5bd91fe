import { expect, test } from 'vitest';
import { collect, greedy } from '../contract-case.ts';
import { createLlamaEngine } from './llama-engine.ts';
import { evaluateLogits, llamaDoctor, llamaRuntimeBuild } from './llama-runtime.ts';
import { testTokenizer, writeTestModel } from './test-model.ts';

test('the doctor reports versions, devices and instruction sets', async () => {
  const facts = await llamaDoctor();
  expect(facts).toMatchObject({ binding: '3.3.4', llamaCpp: 'v0.5.0' });
  expect(facts.physicalCores).toBeGreaterThan(0);
});

test('the runtime build is the one an engine has', async () => {
  using file = writeTestModel();
  await using engine = await createLlamaEngine({ model: 'test', modelPath: file.path, compared: [] });
  expect(await llamaRuntimeBuild()).toBe(engine.runtimeBuild);
});

test('logits are those the engine chooses from', async () => {
  using file = writeTestModel();
  const prompts = ['three apples', 'x', 'and five '.repeat(30)].map((text) => [{ text, special: false }]);
  const logits = await evaluateLogits(file.path, prompts.map(testTokenizer.encode));
  expect(logits.map((vector) => vector.length)).toEqual(Array(3).fill(testTokenizer.vocabulary.length));
  await using engine = await createLlamaEngine({ model: 'test', modelPath: file.path, compared: [] });
  for (const [index, prompt] of prompts.entries()) {
    const events = await collect(engine, greedy(prompt, 1));
    const token = events.find((event) => event.type === 'token');
    const vector = logits[index] as Float32Array;
    expect(token?.id).toBe(vector.indexOf(Math.max(...vector)));
  }
});

test('a file that cannot be read is a typed error', async () => {
  await expect(evaluateLogits(import.meta.filename, [[1]])).rejects.toMatchObject({
    code: 'TGL_ENGINE_START_FAILED',
  });
});
