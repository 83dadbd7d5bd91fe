// What a manifest is told of a weights file.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { digestOf } from '../../base/index.ts';
import type { GgufValue } from '../../formats/index.ts';
import { temporaryDirectory, writeAdapter, writeModel } from '../fixture.ts';
import { inspectWeights, type WeightsFacts } from './inspect-weights.ts';

const weights = digestOf('weights');

async function factsOf(options: Parameters<typeof writeModel>[1]): Promise<WeightsFacts> {
  using directory = temporaryDirectory();
  const path = join(directory.path, 'model.gguf');
  writeModel(path, options);
  return inspectWeights(path, weights);
}

const float = (value: number): GgufValue => ({ type: 'float32', value });

test('its configuration is the finite numbers of its own architecture, sixty-four at most', async () => {
  const { architecture, configuration } = await factsOf({
    metadata: {
      'qwen2.rope.freq_base': float(1_000_000),
      'qwen2.context_length': { type: 'uint64', value: 32_768n },
      'qwen2.not_a_number': float(Number.NaN),
      'qwen2.without_end': float(Number.POSITIVE_INFINITY),
      'qwen2.name': { type: 'string', value: '7' },
      'qwen2.switch': { type: 'bool', value: true },
      'qwen2.list': { type: 'array', elementType: 'uint32', value: [1] as never },
      'qwen2vl.width': { type: 'uint32', value: 9 },
      [`qwen2.${'k'.repeat(70)}`]: { type: 'uint32', value: 1 },
    },
  });
  expect(architecture).toBe('qwen2');
  expect(configuration).toEqual({
    ...{ block_count: 1, 'rope.freq_base': 1_000_000, context_length: 32_768, ['k'.repeat(64)]: 1 },
  });
  const many = Array.from({ length: 80 }, (_, index) => [`qwen2.n${index}`, float(index)] as const);
  const most = await factsOf({ metadata: Object.fromEntries(many) });
  expect(Object.keys(most.configuration)).toHaveLength(64);
});

test.each<[number | undefined, number | undefined, object | null]>([
  [0.6, 0.95, { temperature: 0.6, topP: 0.95 }],
  [0, 1, { temperature: 0, topP: 1 }],
  [2, 0.0001, { temperature: 2, topP: 0.0001 }],
  [2.001, 0.95, null],
  [-0.001, 0.95, null],
  [0.6, 0, null],
  [0.6, 1.001, null],
  [0.6, undefined, null],
  [undefined, 0.95, null],
  [Number.NaN, 0.95, null],
])('a temperature of %s and a top-p of %s are recommended as %j', async (temperature, topP, sampling) => {
  const metadata = {
    ...(temperature !== undefined && { 'general.sampling.temp': float(temperature) }),
    ...(topP !== undefined && { 'general.sampling.top_p': float(topP) }),
  };
  expect((await factsOf({ metadata })).sampling).toEqual(sampling);
  const texts = Object.fromEntries(
    Object.keys(metadata).map((key) => [key, { type: 'string', value: '0.5' } as const]),
  );
  expect((await factsOf({ metadata: texts })).sampling).toBeNull();
});

test('its tokenizer is all keys of it but the template, whatever their order', async () => {
  const token = (name: string, value: number): Record<string, GgufValue> => {
    return { [`tokenizer.ggml.${name}`]: { type: 'uint32', value } };
  };
  const tokenizerOf = async (options: Parameters<typeof writeModel>[1]) =>
    (await factsOf(options)).file.tokenizer;
  const both = await tokenizerOf({ metadata: { ...token('a', 1), ...token('b', 2) } });
  expect(await tokenizerOf({ metadata: { ...token('b', 2), ...token('a', 1) } })).toBe(both);
  expect(await tokenizerOf({ metadata: { ...token('b', 2), ...token('a', 1) }, template: 'other' })).toBe(
    both,
  );
  for (const other of [{ ...token('a', 1) }, { ...token('a', 1), ...token('b', 3) }])
    expect(await tokenizerOf({ metadata: other })).not.toBe(both);
  expect(
    await tokenizerOf({ metadata: { ...token('a', 1), ...token('b', 2) }, tokens: ['a', 'c'] }),
  ).not.toBe(both);
});

test('what it does not say is null, and it has no adapters of its own', async () => {
  const facts = await factsOf({ type: 'Q8_0' });
  expect(facts).toMatchObject({
    license: 'Apache-2.0',
    sampling: null,
    embedded: null,
    template: { name: 'tiegel' },
  });
  expect(facts.file).toMatchObject({ weights, adapters: [], quantisation: 'Q8_0' });
  expect(facts.file).not.toHaveProperty('templateRenderer');
  const own = await factsOf({ template: '{% for message in messages %}{{ message.content }}{% endfor %}' });
  expect([own.template, own.embedded === null]).toEqual([null, false]);
  expect(own.file.templateRenderer).toEqual(expect.anything());
  const long = await factsOf({
    metadata: { 'general.license': { type: 'string', value: 'l'.repeat(5000) } },
  });
  expect(long.license).toBe('l'.repeat(4096));
});

test('an adapter is no model', async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, 'adapter.gguf');
  writeAdapter(path);
  await expect(inspectWeights(path, weights)).rejects.toMatchObject({ code: 'TGL_ADAPTER_INVALID' });
});
