// Files of every architecture: what they say is read, and what contradicts it or is not known is refused. That llama.cpp loads
// the same files is tested with it.
import { describe, expect, test } from 'vitest';
import type { GgufValue } from '../gguf/gguf.ts';
import { parseGguf } from '../gguf/read-gguf.ts';
import type { GgufToWrite } from '../gguf/write-gguf.ts';
import { bytesOfGguf } from '../tiny-model.ts';
import { type Architecture, readDecoder } from './decoder.ts';
import { architectures, configurationOf, tinyArchitecture } from './tiny-architectures.ts';

const read = (content: GgufToWrite) => readDecoder(parseGguf(bytesOfGguf(content)));
const uint32 = (value: number): GgufValue => ({ type: 'uint32', value });

describe.each(architectures)('%s', (architecture) => {
  const { metadata, tensors } = tinyArchitecture(architecture);

  test('is read', () => {
    expect(read({ metadata, tensors })).toEqual(configurationOf(architecture));
  });

  test('has no tensor that may be missing, but an output, factors of RoPE and biases of choice, and none too many', () => {
    for (const { name } of tensors) {
      const rest = { metadata, tensors: tensors.filter((tensor) => tensor.name !== name) };
      if (name === 'output.weight' || name.startsWith('rope_') || name.endsWith('exp_probs_b.bias'))
        expect(read(rest).architecture).toBe(architecture);
      else expect(() => read(rest)).toThrow(expect.objectContaining({ code: 'TGL_GGUF_INVALID' }));
    }
    const [first] = tensors;
    expect(() => read({ metadata, tensors: [...tensors, { ...first!, name: 'blk.0.more.weight' }] })).toThrow(
      /no such tensor/,
    );
  });

  test('has no key whose effect is not known', () => {
    const further = new Map([...metadata, [`${architecture}.attention.causal`, uint32(0)] as const]);
    expect(() => read({ metadata: further, tensors })).toThrow(
      expect.objectContaining({ code: 'TGL_GGUF_UNSUPPORTED' }),
    );
  });
});

test.each([
  ['more experts for a token than there are', 'qwen3moe.expert_used_count', uint32(5)],
  ['experts of another width than the tensors', 'qwen3moe.expert_feed_forward_length', uint32(64)],
  ['no number of experts', 'qwen3moe.expert_count', uint32(0)],
  ['RoPE on more than a head', 'phi3.rope.dimension_count', uint32(64)],
  ['heads of another width than the stream', 'phi3.attention.key_length', uint32(32)],
  ['more dense layers than layers', 'deepseek2.leading_dense_block_count', uint32(5)],
  ['groups that do not divide the experts', 'deepseek2.expert_group_count', uint32(3)],
  ['as many groups as experts', 'deepseek2.expert_group_count', uint32(4)],
  ['no group that is left out', 'deepseek2.expert_group_used_count', uint32(2)],
  ['RoPE on the whole of a key', 'deepseek2.rope.dimension_count', uint32(24)],
  ['RoPE on half a pair', 'deepseek2.rope.dimension_count', uint32(7)],
  ['a cache of another width', 'deepseek2.attention.key_length', uint32(48)],
  ['more than one head in the cache', 'deepseek2.attention.head_count_kv', uint32(2)],
])('%s: refused', (_, key, value) => {
  const { metadata, tensors } = tinyArchitecture(key.slice(0, key.indexOf('.')) as Architecture);
  expect(() => read({ metadata: new Map([...metadata, [key, value]]), tensors })).toThrow(
    expect.objectContaining({ code: 'TGL_GGUF_INVALID' }),
  );
});

describe('latent attention', () => {
  const { metadata, tensors } = tinyArchitecture('deepseek2');

  test('in one matrix for all heads is refused with what to do', () => {
    const old = new Map(metadata);
    old.delete('deepseek2.attention.key_length_mla');
    expect(() => read({ metadata: old, tensors })).toThrow(/has to be converted again/);
  });

  test('has queries from the stream itself in models of 27 layers, as DeepSeek-V2-Lite', () => {
    const lite = new Map([...metadata, ['deepseek2.block_count', uint32(27)] as const]);
    expect(() => read({ metadata: lite, tensors })).toThrow(
      expect.objectContaining({ code: 'TGL_GGUF_UNSUPPORTED' }),
    );
    lite.delete('deepseek2.attention.q_lora_rank');
    expect(() => read({ metadata: lite, tensors })).toThrow(/missing.*blk\.0\.attn_q\.weight/);
  });
});

describe('a vocabulary of pieces', () => {
  const pieces = [
    ...['<unk>', '<s>', '</s>'],
    ...Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).padStart(2, '0').toUpperCase()}>`),
    ...['▁a', 'pple', 's', '▁'],
  ];
  const types = pieces.map((piece, id) => (id < 3 ? 3 : piece.startsWith('<0x') ? 6 : 1));
  const withPieces = (change: Readonly<Record<string, GgufValue | undefined>> = {}): GgufToWrite => {
    const { metadata, tensors } = tinyArchitecture('gemma3');
    const own: Readonly<Record<string, GgufValue | undefined>> = {
      'tokenizer.ggml.model': { type: 'string', value: 'llama' },
      'tokenizer.ggml.tokens': { type: 'array', elementType: 'string', value: pieces },
      'tokenizer.ggml.token_type': { type: 'array', elementType: 'int32', value: Int32Array.from(types) },
      'tokenizer.ggml.scores': {
        type: 'array',
        elementType: 'float32',
        value: Float32Array.from(pieces, (_, id) => -id),
      },
      'tokenizer.ggml.add_space_prefix': { type: 'bool', value: false },
      'tokenizer.ggml.eos_token_id': uint32(2),
      'tokenizer.ggml.bos_token_id': uint32(1),
      'tokenizer.ggml.padding_token_id': uint32(0),
      'tokenizer.ggml.merges': undefined,
      ...change,
    };
    const given = new Map(metadata);
    for (const [key, value] of Object.entries(own)) {
      if (value === undefined) given.delete(key);
      else given.set(key, value);
    }
    const width = pieces.length;
    return {
      metadata: given,
      tensors: tensors.map((tensor) =>
        /^(token_embd|output)\.weight$/.test(tensor.name)
          ? { ...tensor, shape: [64, width], data: tensor.data.slice(0, 64 * width) }
          : tensor,
      ),
    };
  };

  test('is read', () => {
    expect(read(withPieces()).vocabularySize).toBe(pieces.length);
  });

  test.each<[string, string, GgufValue | undefined]>([
    ['without scores', 'tokenizer.ggml.scores', undefined],
    [
      'with a score too few',
      'tokenizer.ggml.scores',
      { type: 'array', elementType: 'float32', value: new Float32Array(3) },
    ],
    [
      'with a score that is no number',
      'tokenizer.ggml.scores',
      { type: 'array', elementType: 'float32', value: new Float32Array(pieces.length).fill(Number.NaN) },
    ],
    [
      'without tokens for bytes',
      'tokenizer.ggml.token_type',
      { type: 'array', elementType: 'int32', value: new Int32Array(pieces.length).fill(1) },
    ],
    ['with a blank in front of every text', 'tokenizer.ggml.add_space_prefix', { type: 'bool', value: true }],
    ['that does not say whether there is one', 'tokenizer.ggml.add_space_prefix', undefined],
  ])('%s is refused', (_, key, value) => {
    expect(() => read(withPieces({ [key]: value }))).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^TGL_GGUF_(INVALID|UNSUPPORTED)$/) }),
    );
  });
});
