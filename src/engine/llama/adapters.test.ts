// What an adapter makes of a model, held against the model whose weights were added up beforehand.
import { writeFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { collect } from '../contract-case.ts';
import type { EngineEvent, GenerateRequest } from '../engine.ts';
import { createLlamaEngine, type LlamaEngine } from './llama-engine.ts';
import { evaluateLogits } from './llama-runtime.ts';
import { writeTestAdapter } from './test-adapter.ts';
import { testTokenizer, writeTestModel } from './test-model.ts';

const file = writeTestModel();
afterAll(() => file[Symbol.dispose]());
const { adapterPath, mergedPath } = writeTestAdapter(file.path);

const text = [{ text: 'three apples and', special: false }];
const request: GenerateRequest = { prompt: text, maxTokens: 60, sampling: { temperature: 0, topP: 1 } };

async function open(modelPath: string, adapterPaths: readonly string[]): Promise<LlamaEngine> {
  return await createLlamaEngine({ model: 'test', modelPath, compared: [], adapterPaths, slots: 2 });
}

function idsOf(events: readonly EngineEvent[]): readonly (number | undefined)[] {
  return events.flatMap((event) => (event.type === 'token' ? [event.id] : []));
}

test('logits are those of W + alpha / rank · B A', async () => {
  const prompts = [testTokenizer.encode(text)];
  const [[plain], [adapted], [merged]] = (await Promise.all([
    evaluateLogits(file.path, prompts),
    evaluateLogits(file.path, prompts, [adapterPath]),
    evaluateLogits(mergedPath, prompts),
  ])) as unknown as [[Float32Array], [Float32Array], [Float32Array]];
  const distance = (one: Float32Array, other: Float32Array): number =>
    Math.max(...one.map((value, index) => Math.abs(value - (other[index] as number))));
  expect(distance(adapted, merged)).toBeLessThan(1e-4);
  expect(distance(adapted, plain)).toBeGreaterThan(0.5);
});

test('an engine writes and embeds with it in every sequence, and without it as before', async () => {
  await using adapted = await open(file.path, [adapterPath]);
  await using merged = await open(mergedPath, []);
  await using plain = await open(file.path, []);
  const ids = async (engine: LlamaEngine) => idsOf(await collect(engine, request));
  const [first, second] = await Promise.all([ids(adapted), ids(adapted)]);
  expect(first).toEqual(await ids(merged));
  expect(second).toEqual(first);
  expect(first).not.toEqual(await ids(plain));
  const [[state], [same]] = await Promise.all(
    [adapted.embed?.(['apples']), merged.embed?.(['apples'])].map(async (all) => (await all) ?? []),
  );
  for (const [index, value] of (state?.vector ?? []).entries())
    expect(value).toBeCloseTo(same?.vector[index] as number, 1);
});

test('a file that is none ends the start with a reason', async () => {
  const broken = `${file.path}.broken`;
  writeFileSync(broken, 'nothing');
  await expect(open(file.path, [broken])).rejects.toMatchObject({ code: 'TGL_ENGINE_START_FAILED' });
});
