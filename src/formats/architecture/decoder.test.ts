import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { GgufValue } from '../gguf/gguf.ts';
import { openGguf } from '../gguf/open-gguf.ts';
import { parseGguf } from '../gguf/read-gguf.ts';
import type { GgufToWrite } from '../gguf/write-gguf.ts';
import { bytesOfGguf, tinyConfiguration, tinyModel, tinyTokenizer } from '../tiny-model.ts';
import { checkGgufVocabulary, readTokenizer } from '../tokenizer/gguf-vocabulary.ts';
import { decoderTensors, readDecoder } from './decoder.ts';

const read = (content: GgufToWrite): unknown => readDecoder(parseGguf(bytesOfGguf(content)));
const uint32 = (value: number): GgufValue => ({ type: 'uint32', value });
const float32 = (value: number): GgufValue => ({ type: 'float32', value });
const strings = (value: readonly string[]): GgufValue => ({ type: 'array', elementType: 'string', value });
const int32s = (value: Int32Array): GgufValue => ({ type: 'array', elementType: 'int32', value });

const configuration = { ...tinyConfiguration, architecture: 'qwen2', headWidth: 32, ropeScaled: false };
const texts = tinyTokenizer.vocabulary.map(({ text }) => text);
const types = new Int32Array(texts.length).fill(1);

test.each(['F32', 'F16', 'Q8_0'] as const)('what is written as %s is read back', (type) => {
  const gguf = parseGguf(bytesOfGguf(tinyModel({ type })));
  expect(readDecoder(gguf)).toEqual(configuration);
  expect(readTokenizer(gguf).vocabulary).toEqual(tinyTokenizer.vocabulary);
});

test('an output projection of its own is accepted', () => {
  const { metadata, tensors } = tinyModel();
  const output = { ...tensors[0]!, name: 'output.weight' };
  expect(read({ metadata, tensors: [...tensors, output] })).toEqual(configuration);
});

test('keys that repeat what follows from others are accepted', () => {
  const metadata = { 'qwen2.rope.dimension_count': uint32(32), 'qwen2.vocab_size': uint32(texts.length) };
  expect(read(tinyModel({ metadata }))).toEqual(configuration);
});

// Each of these makes llama.cpp abort, hang or accept nonsense in silence.
describe('metadata that contradict themselves are refused with their key', () => {
  test.each<[string, GgufValue]>([
    ['qwen2.block_count', uint32(0)],
    ['qwen2.block_count', uint32(2 ** 32 - 1)],
    ['qwen2.block_count', { type: 'string', value: '2' }],
    ['qwen2.block_count', { type: 'uint64', value: 2n ** 64n - 1n }],
    ['qwen2.block_count', float32(2)],
    ['qwen2.embedding_length', uint32(0)],
    ['qwen2.feed_forward_length', uint32(0)],
    ['qwen2.context_length', uint32(0)],
    ['qwen2.attention.head_count', uint32(0)],
    ['qwen2.attention.head_count', uint32(3)],
    ['qwen2.attention.head_count', uint32(64)],
    ['qwen2.attention.head_count', int32s(Int32Array.of(2, 2))],
    ['qwen2.attention.head_count_kv', uint32(0)],
    ['qwen2.attention.head_count_kv', uint32(4)],
    ['qwen2.attention.layer_norm_rms_epsilon', float32(Number.NaN)],
    ['qwen2.attention.layer_norm_rms_epsilon', float32(0)],
    ['qwen2.attention.layer_norm_rms_epsilon', uint32(1)],
    ['qwen2.rope.freq_base', float32(Number.POSITIVE_INFINITY)],
    ['qwen2.rope.freq_base', float32(-1)],
    ['qwen2.rope.dimension_count', uint32(1)],
    ['qwen2.attention.key_length', uint32(0)],
    ['qwen2.attention.key_length', uint32(33)],
    ['qwen2.attention.value_length', uint32(64)],
    ['qwen2.rope.scaling.type', uint32(2)],
    ['qwen2.rope.scaling.factor', float32(0)],
    ['qwen2.rope.scaling.finetuned', uint32(1)],
    ['tokenizer.ggml.tokens', strings([])],
    ['tokenizer.ggml.tokens', strings(texts.with(3, ''))],
    ['tokenizer.ggml.tokens', strings(texts.with(3, texts[4]!))],
    ['tokenizer.ggml.tokens', strings(texts.slice(1))],
    ['tokenizer.ggml.tokens', int32s(types)],
    ['tokenizer.ggml.token_type', strings(texts)],
    ['tokenizer.ggml.merges', int32s(types)],
    ['tokenizer.ggml.eos_token_id', uint32(texts.length)],
    ['tokenizer.ggml.bos_token_id', { type: 'int32', value: -1 }],
    ['tokenizer.ggml.eot_token_id', { type: 'bool', value: true }],
  ])('%s (case %#)', (key, value) => {
    const inPlace = expect.objectContaining({ where: `metadata ${key}`, offset: expect.any(Number) });
    expect(() => read(tinyModel({ metadata: { [key]: value } }))).toThrow(
      expect.objectContaining({ code: 'TGL_GGUF_INVALID', details: inPlace }),
    );
  });

  test('token types out of range are refused', () => {
    const metadata = { 'tokenizer.ggml.token_type': int32s(types.with(5, 7)) };
    expect(() => read(tinyModel({ metadata }))).toThrow('token 5 has the unknown type 7');
  });
});

describe('what is not known here is refused as unsupported', () => {
  test.each<[string, GgufValue]>([
    ['general.architecture', { type: 'string', value: 'gemma' }],
    ['general.architecture', { type: 'string', value: 'constructor' }],
    ['tokenizer.ggml.model', { type: 'string', value: 'bert' }],
    ['qwen2.rope.scaling.type', { type: 'string', value: 'longrope' }],
    ['qwen2.toString', uint32(1)],
    ['qwen2.expert_count', uint32(8)],
    ['qwen2.rope.scale_linear', float32(4)],
    ['tokenizer.ggml.suppress_tokens', int32s(types)],
    ['tokenizer.ggml.add_eos_token', { type: 'bool', value: true }],
    ['tokenizer.ggml.add_space_prefix', { type: 'bool', value: true }],
    ['tokenizer.ggml.normalizer.lowercase', { type: 'bool', value: true }],
    ['tokenizer.ggml.toString', uint32(1)],
  ])('%s (case %#)', (key, value) => {
    const inPlace = expect.objectContaining({ where: `metadata ${key}` });
    expect(() => read(tinyModel({ metadata: { [key]: value } }))).toThrow(
      expect.objectContaining({ code: 'TGL_GGUF_UNSUPPORTED', details: inPlace }),
    );
  });

  test('a tokenizer with merges can be served by llama.cpp, but not used here', () => {
    const gguf = parseGguf(
      bytesOfGguf(tinyModel({ metadata: { 'tokenizer.ggml.merges': strings(['a b']) } })),
    );
    expect(readDecoder(gguf)).toEqual(configuration);
    expect(() => readTokenizer(gguf)).toThrow(expect.objectContaining({ code: 'TGL_GGUF_UNSUPPORTED' }));
  });
});

describe('tensors', () => {
  const { metadata, tensors } = tinyModel();
  const query = tensors.findIndex(({ name }) => name === 'blk.1.attn_q.weight');

  test('one that is missing, of another shape or surplus is refused by name', () => {
    const without = tensors.toSpliced(query, 1);
    expect(() => read({ metadata, tensors: without })).toThrow(/tensor is missing.*blk\.1\.attn_q\.weight/);
    const flat = tensors.with(query, { ...tensors[query]!, shape: [32, 128] });
    expect(() => read({ metadata, tensors: flat })).toThrow('the shape is [32,128], not [64,64]');
    const surplus = [...tensors, { ...tensors[query]!, name: 'blk.2.attn_q.weight' }];
    expect(() => read({ metadata, tensors: surplus })).toThrow(/no such tensor.*blk\.2\.attn_q\.weight/);
  });

  test('a configuration that fits nothing in the file is refused', () => {
    expect(() => read({ metadata: tinyModel({ configuration: { layers: 3 } }).metadata, tensors })).toThrow(
      /missing.*blk\.2\./,
    );
    expect(() =>
      read({ metadata: tinyModel({ configuration: { feedForward: 128 } }).metadata, tensors }),
    ).toThrow(/the shape is.*ffn_gate/);
  });
});

describe('the other architectures', () => {
  /** The same model under another name, with the tensors that architecture has; every further one is of ones. */
  function translated(
    architecture: 'llama' | 'qwen3',
    metadata: Readonly<Record<string, GgufValue>> = {},
  ): GgufToWrite {
    const tiny = tinyModel();
    const renamed = [...tiny.metadata].map(
      ([key, value]) => [key.replace(/^qwen2\./, `${architecture}.`), value] as const,
    );
    const given = new Map(tiny.tensors.map((tensor) => [tensor.name, tensor]));
    const headWidth = 32;
    const wanted = decoderTensors({ ...tinyConfiguration, architecture, headWidth });
    return {
      metadata: new Map<string, GgufValue>([
        ...renamed,
        ['general.architecture', { type: 'string', value: architecture }],
        ...Object.entries(metadata),
      ]),
      tensors: wanted.map(
        ({ name, shape }) =>
          given.get(name) ?? { name, shape, type: 'F32', data: new Float32Array(shape[0]!).fill(1) },
      ),
    };
  }

  test('llama: no biases, and RoPE factors as a tensor', () => {
    const model = translated('llama', {
      'llama.rope.scaling.type': { type: 'string', value: 'yarn' },
      'llama.rope.scaling.factor': float32(4),
      'llama.rope.scaling.original_context_length': uint32(32768),
      'llama.rope.scaling.finetuned': { type: 'bool', value: true },
    });
    const factors = {
      name: 'rope_freqs.weight',
      shape: [16],
      type: 'F32',
      data: new Float32Array(16).fill(1),
    };
    expect(
      read({ ...model, tensors: [...model.tensors, factors as GgufToWrite['tensors'][number]] }),
    ).toEqual({
      ...configuration,
      architecture: 'llama',
      ropeScaled: true,
    });
    const bias = { name: 'blk.0.attn_q.bias', shape: [64], type: 'F32', data: new Float32Array(64) };
    expect(() =>
      read({ ...model, tensors: [...model.tensors, bias as GgufToWrite['tensors'][number]] }),
    ).toThrow(/no such tensor.*attn_q\.bias/);
  });

  test('qwen3: norms per head, and heads of a size of their own', () => {
    const stated = { 'qwen3.attention.key_length': uint32(32), 'qwen3.attention.value_length': uint32(32) };
    const model = translated('qwen3', stated);
    expect(read(model)).toEqual({ ...configuration, architecture: 'qwen3' });
    const wide = {
      ...model,
      metadata: new Map([...model.metadata, ['qwen3.attention.key_length', uint32(64)]]),
    };
    expect(() => read(wide as GgufToWrite)).toThrow(/value_length/);
  });

  test('keys of one architecture do not count in another', () => {
    expect(() => read(translated('llama', { 'llama.expert_count': uint32(8) }))).toThrow(
      'the key is unknown',
    );
    expect(read(translated('llama', { 'qwen2.block_count': uint32(9) }))).toMatchObject({ layers: 2 });
  });
});

const vocabularies = join(process.env.TIEGEL_DATA ?? '', 'tokenizers');

describe.skipIf(process.env.TIEGEL_DATA === undefined)('published vocabularies (TIEGEL_DATA)', () => {
  test.each([
    ['qwen2', 151_936],
    ['llama-bpe', 128_256],
  ])('%s is accepted', (name, size) => {
    using gguf = openGguf(join(vocabularies, `ggml-vocab-${name}.gguf`));
    expect(checkGgufVocabulary(gguf)).toBe(size);
  });
});
