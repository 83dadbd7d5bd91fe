// config.json in the forms of transformers 4 and 5: the same model from both, and what is not understood refused by name.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TemporaryDirectory, temporaryDirectory } from '../tiny-model.ts';
import { type CheckpointConfiguration, readConfiguration } from './configuration.ts';
import { ropeMetadata } from './rope.ts';

let directory: TemporaryDirectory;

beforeAll(() => {
  directory = temporaryDirectory();
});

afterAll(() => directory[Symbol.dispose]());

type Json = Readonly<Record<string, unknown>>;

function read(config: Json): CheckpointConfiguration {
  writeFileSync(join(directory.path, 'config.json'), JSON.stringify(config));
  return readConfiguration(directory.path);
}

/** Keys that published files have beside the shape, most of them without effect. */
const llama: Json = {
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  attention_bias: false,
  attention_dropout: 0.0,
  bos_token_id: 128_000,
  eos_token_id: [128_001, 128_008, 128_009],
  hidden_act: 'silu',
  hidden_size: 4096,
  initializer_range: 0.02,
  intermediate_size: 14_336,
  max_position_embeddings: 131_072,
  mlp_bias: false,
  num_attention_heads: 32,
  num_hidden_layers: 32,
  num_key_value_heads: 8,
  pretraining_tp: 1,
  rms_norm_eps: 1e-5,
  tie_word_embeddings: false,
  use_cache: true,
  vocab_size: 128_256,
};

const qwen2: Json = {
  architectures: ['Qwen2ForCausalLM'],
  model_type: 'qwen2',
  attention_dropout: 0.0,
  bos_token_id: 151_643,
  eos_token_id: 151_645,
  hidden_act: 'silu',
  hidden_size: 3584,
  initializer_range: 0.02,
  intermediate_size: 18_944,
  max_position_embeddings: 32_768,
  max_window_layers: 28,
  num_attention_heads: 28,
  num_hidden_layers: 28,
  num_key_value_heads: 4,
  rms_norm_eps: 1e-6,
  sliding_window: 131_072,
  tie_word_embeddings: false,
  use_cache: true,
  use_sliding_window: false,
  vocab_size: 152_064,
};

const phi4: Json = {
  ...llama,
  architectures: ['Phi3ForCausalLM'],
  model_type: 'phi3',
  embd_pdrop: 0.0,
  hidden_size: 5120,
  intermediate_size: 17_920,
  max_position_embeddings: 16_384,
  num_attention_heads: 40,
  num_hidden_layers: 40,
  num_key_value_heads: 10,
  original_max_position_embeddings: 16_384,
  resid_pdrop: 0.0,
  rope_scaling: null,
  rope_theta: 250_000,
  sliding_window: null,
  vocab_size: 100_352,
};

const before = { torch_dtype: 'bfloat16', transformers_version: '4.46.0' };
const since = { dtype: 'bfloat16', transformers_version: '5.0.0' };
const layers = { layer_types: Array.from({ length: 28 }, () => 'full_attention') };

const llama3 = {
  factor: 8,
  high_freq_factor: 4,
  low_freq_factor: 1,
  original_max_position_embeddings: 8192,
  rope_type: 'llama3',
};
const llama32 = { ...llama3, factor: 32 };
const yarn = { factor: 4, original_max_position_embeddings: 32_768 };

const qwen3: Json = {
  ...qwen2,
  architectures: ['Qwen3ForCausalLM'],
  model_type: 'qwen3',
  attention_bias: false,
  head_dim: 128,
  hidden_size: 4096,
  intermediate_size: 12_288,
  max_position_embeddings: 131_072,
  num_attention_heads: 32,
  num_hidden_layers: 36,
  num_key_value_heads: 8,
  sliding_window: null,
  vocab_size: 151_936,
};
const yarnOfR1 = { ...yarn, attn_factor: 0.8782488562869419, rope_type: 'yarn' };

const models: readonly (readonly [string, { old: Json; new: Json; base: number; metadata: Json }])[] = [
  [
    'Llama 3.1 8B and its R1 distillation',
    {
      old: { ...llama, ...before, rope_theta: 500_000, rope_scaling: llama3 },
      new: { ...llama, ...since, head_dim: 128, rope_parameters: { ...llama3, rope_theta: 500_000 } },
      base: 500_000,
      metadata: { 'rope.freq_base': 500_000 },
    },
  ],
  [
    'Llama 3.2',
    {
      old: { ...llama, ...before, tie_word_embeddings: true, rope_theta: 500_000, rope_scaling: llama32 },
      new: {
        ...llama,
        ...since,
        tie_word_embeddings: true,
        rope_parameters: { full_attention: { ...llama32, rope_theta: 500_000 } },
      },
      base: 500_000,
      metadata: { 'rope.freq_base': 500_000 },
    },
  ],
  [
    'Qwen2.5 7B Instruct',
    {
      old: { ...qwen2, ...before, rope_theta: 1_000_000 },
      new: {
        ...qwen2,
        ...since,
        ...layers,
        rope_parameters: { rope_theta: 1_000_000, rope_type: 'default' },
      },
      base: 1_000_000,
      metadata: { 'rope.freq_base': 1_000_000 },
    },
  ],
  [
    'Qwen2.5 7B Instruct with YaRN',
    {
      old: { ...qwen2, ...before, rope_theta: 1_000_000, rope_scaling: { ...yarn, type: 'yarn' } },
      new: {
        ...qwen2,
        ...since,
        ...layers,
        rope_parameters: { ...yarn, rope_theta: 1_000_000, rope_type: 'yarn' },
      },
      base: 1_000_000,
      metadata: {
        'rope.freq_base': 1_000_000,
        'rope.scaling.type': 'yarn',
        'rope.scaling.factor': 4,
        'rope.scaling.original_context_length': 32_768,
      },
    },
  ],
  [
    'DeepSeek-R1-0528-Qwen3-8B',
    {
      old: { ...qwen3, ...before, rope_theta: 1_000_000, rope_scaling: yarnOfR1 },
      new: { ...qwen3, ...since, rope_parameters: { ...yarnOfR1, rope_theta: 1_000_000 } },
      base: 1_000_000,
      metadata: {
        'rope.freq_base': 1_000_000,
        'rope.scaling.type': 'yarn',
        'rope.scaling.factor': 4,
        'rope.scaling.original_context_length': 32_768,
        'rope.scaling.attn_factor': Math.fround(0.8782488562869419),
      },
    },
  ],
  [
    'R1 distillation of Qwen2.5 Math 7B',
    {
      old: { ...qwen2, ...before, rope_theta: 10_000, use_mrope: false, max_position_embeddings: 131_072 },
      new: {
        ...qwen2,
        ...since,
        ...layers,
        sliding_window: null,
        use_mrope: false,
        max_position_embeddings: 131_072,
        rope_parameters: {
          full_attention: { rope_theta: 10_000, rope_type: 'default' },
          sliding_attention: { rope_theta: 20_000, rope_type: 'default' },
        },
      },
      base: 10_000,
      metadata: { 'rope.freq_base': 10_000 },
    },
  ],
  [
    'a linear one, with both forms beside each other',
    {
      old: { ...llama, ...before, rope_scaling: { type: 'linear', factor: 2 } },
      new: {
        ...llama,
        ...since,
        rope_theta: 10_000,
        rope_scaling: { rope_type: 'linear', factor: 2 },
        rope_parameters: { rope_type: 'linear', factor: 2, rope_theta: 10_000 },
      },
      base: 10_000,
      metadata: { 'rope.freq_base': 10_000, 'rope.scaling.type': 'linear', 'rope.scaling.factor': 2 },
    },
  ],
];

test.each(models)('%s is the same model in both forms', (_, model) => {
  const old = read(model.old);
  expect(read(model.new)).toEqual(old);
  expect(old.ropeBase).toBe(model.base);
  const metadata = ropeMetadata(old.rope).map(([key, { value }]) => [key, value]);
  expect(Object.fromEntries(metadata)).toEqual(model.metadata);
});

test("Llama 3.1's factors are 1 for short waves, the factor for long ones, and rise between them", () => {
  const factors = [...read({ ...llama, rope_theta: 500_000, rope_scaling: llama3 }).rope.factors!];
  expect(factors).toHaveLength(64);
  expect(factors[0]).toBe(1);
  expect(factors[63]).toBe(8);
  expect(factors).toEqual(factors.toSorted((a, b) => a - b));
  // 2π · 500000^(2·32/128) = 4443 positions, between 8192 / 4 and 8192: 1 / ((1 − s) / 8 + s) with s = (1.8438 − 1) / 3.
  expect(factors[32]).toBeCloseTo(2.691, 2);
});

describe('a factor for attention', () => {
  const at = (more: Json): unknown =>
    Object.fromEntries(
      ropeMetadata(
        read({ ...qwen2, rope_theta: 1e6, rope_scaling: { ...yarn, type: 'yarn', ...more } }).rope,
      ),
    );
  const magnitude = 0.1 * Math.log(4) + 1;
  test.each([
    [{ attention_factor: 1 }, 1 / magnitude],
    [{ mscale: 1, mscale_all_dim: 1 }, 1 / magnitude],
    [{ mscale: 0.7, mscale_all_dim: 1 }, (0.07 * Math.log(4) + 1) / magnitude ** 2],
  ])("of %o is stated beside YaRN's own", (more, expected) => {
    expect(at(more)).toMatchObject({
      'rope.scaling.attn_factor': { type: 'float32', value: Math.fround(expected) },
    });
  });
  test("that is YaRN's own is not", () => {
    expect(at({ attention_factor: magnitude })).not.toHaveProperty(['rope.scaling.attn_factor']);
    expect(at({ beta_fast: 64 })).toMatchObject({ 'rope.scaling.yarn_beta_fast': { value: 64 } });
  });
});

describe('refused with key and value is', () => {
  test.each<readonly [string, Json, string[]]>([
    ['a key that is not known', { attention_bonus: 7 }, ['attention_bonus', '7']],
    ['dynamic scaling', { rope_scaling: { type: 'dynamic', factor: 2 } }, ['rope_scaling', 'dynamic']],
    [
      'longrope',
      { rope_parameters: { rope_type: 'longrope', rope_theta: 1e4 } },
      ['rope_parameters', 'longrope'],
    ],
    ['a type of nobody', { rope_scaling: { rope_type: 'constructor' } }, ['"constructor"']],
    [
      'a setting of another type',
      { rope_scaling: { rope_type: 'linear', factor: 2, beta_fast: 3 } },
      ['beta_fast', '3'],
    ],
    [
      'YaRN without rounding',
      { rope_scaling: { ...yarn, rope_type: 'yarn', truncate: false } },
      ['truncate'],
    ],
    ['RoPE on half of a head', { partial_rotary_factor: 0.5 }, ['partial_rotary_factor', '0.5']],
    ['no base', { rope_parameters: { rope_type: 'default' } }, ['rope_theta', 'rope_parameters']],
    ['two bases', { rope_theta: 1e4, rope_parameters: { rope_theta: 5e5 } }, ['500000', '10000']],
    ['two types', { rope_scaling: { type: 'linear', rope_type: 'yarn', factor: 2 } }, ['"linear"', '"yarn"']],
    [
      'two scalings',
      { rope_scaling: { type: 'linear', factor: 2 }, rope_parameters: { rope_theta: 1e4 } },
      ['contradicts', 'linear'],
    ],
    [
      'layers of another kind',
      { layer_types: Array.from({ length: 32 }, () => 'sliding_attention') },
      ['layer_types', 'sliding_attention'],
    ],
    ['too few layers', { layer_types: ['full_attention'] }, ['1 of 32']],
    ['no kind that there is', { rope_parameters: { sliding_attention: {} } }, ['full_attention']],
    ['another name of the model', { model_type: 'mistral' }, ['model_type', 'mistral']],
    ['a program of its own', { auto_map: { AutoModel: 'x.Y' } }, ['auto_map', 'x.Y']],
    ['scaling that is no object', { rope_scaling: 'yarn' }, ['"yarn"']],
  ])('%s', (_, change, words) => {
    const refusal = (() => {
      try {
        read({ ...llama, ...change });
      } catch (error) {
        return error as Error & { code: string };
      }
      return undefined;
    })();
    expect(refusal?.code).toBe('TGL_CONVERSION_REFUSED');
    for (const word of ['config.json', directory.path, ...words]) expect(refusal?.message).toContain(word);
  });

  const smollm3 = { ...llama, architectures: ['SmolLM3ForCausalLM'], model_type: 'smollm3' };
  const mistral = { ...llama, architectures: ['MistralForCausalLM'], model_type: 'mistral' };
  const { num_key_value_heads: _, ...unstated } = qwen2;
  test.each<readonly [string, Json, string]>([
    ['what transformers would put in for Qwen2', unstated, 'num_key_value_heads'],
    ['a window that Mistral has without a key', mistral, 'a sliding window is not known'],
    [
      'a window of Mistral',
      { ...mistral, sliding_window: 4096 },
      'a sliding window is not known; it is 4096',
    ],
    [
      'RoPE on a part of a head, as Phi-4-mini',
      { ...phi4, partial_rotary_factor: 0.75 },
      'partial_rotary_factor',
    ],
    [
      'factors of RoPE, as Phi-3.5',
      { ...phi4, rope_scaling: { type: 'longrope', long_factor: [1], short_factor: [1] } },
      'rope_scaling',
    ],
    ['a sliding window, as Phi-3', { ...phi4, sliding_window: 2047 }, 'sliding_window'],
    ['a key of SmolLM3 elsewhere', { ...llama, no_rope_layer_interval: 4 }, 'no_rope_layer_interval'],
    [
      'RoPE in other layers',
      { ...smollm3, no_rope_layers: [1, 1, 0] },
      'left out elsewhere than in every 4th layer',
    ],
    ['another interval', { ...smollm3, no_rope_layer_interval: 2 }, 'another interval is not known; it is 2'],
    [
      'a head that is not in pairs',
      { ...llama, head_dim: 81 },
      'a head has 81 elements, which are not pairs',
    ],
    [
      'a width that heads do not divide',
      { ...llama, num_attention_heads: 48, num_key_value_heads: 8 },
      '48 heads share a width of 4096: a head has 85.33',
    ],
  ])('%s', (_name, config, words) => {
    expect(() => read(config)).toThrow(words);
  });

  test('the factors of Llama 3.1 for an architecture whose frequencies llama.cpp does not scale', () => {
    expect(() => read({ ...qwen2, rope_scaling: llama3 })).toThrow('does not scale the frequencies of qwen2');
  });
});
