// Checkpoints of every architecture that is converted, with random weights: llama.cpp computes from the GGUF what the
// definition says of the checkpoint.
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/index.ts';
import { evaluateLogits } from '../../src/engine/index.ts';
import { convertCheckpoint } from '../../src/formats/hf/convert.ts';
import { writeTransformersModel } from '../../src/formats/hf/write-transformers-model.ts';
import {
  buildVocabulary,
  createTokenizer,
  openGguf,
  readDecoder,
  tiegelTemplate,
} from '../../src/formats/index.ts';
import { writeSafetensors } from '../../src/formats/safetensors/write-safetensors.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../../src/formats/tiny-model.ts';
import { parameterShapes } from '../../src/teach/model.ts';
import { type ReferenceShape, referenceLogits, type Weights } from './reference-decoder.ts';

const tokenizer = createTokenizer(buildVocabulary([' apples', '-Rätsel']));
const vocabularySize = tokenizer.vocabulary.length;
const width = 64;
const feedForward = 96;

type Json = Readonly<Record<string, unknown>>;
type Case = {
  readonly config: Json;
  readonly shape: ReferenceShape;
  readonly biases?: boolean;
  readonly headNorms?: boolean;
  readonly isTied?: boolean;
  /** The checkpoint has one matrix for q, k and v, and one for gate and up. */
  readonly isFused?: boolean;
};

const shape: ReferenceShape = {
  width,
  layers: 5,
  heads: 4,
  keyValueHeads: 2,
  headWidth: 16,
  ropeBase: 50_000,
  normEpsilon: 1e-6,
};
const wide = { ...shape, headWidth: 24 };

const cases: Readonly<Record<string, Case>> = {
  Qwen2ForCausalLM: { config: { model_type: 'qwen2' }, shape, biases: true },
  'Qwen2ForCausalLM with a head of its own': {
    config: { model_type: 'qwen2', tie_word_embeddings: false },
    shape,
    biases: true,
    isTied: false,
  },
  Qwen3ForCausalLM: { config: { model_type: 'qwen3', head_dim: 24 }, shape: wide, headNorms: true },
  'Qwen3ForCausalLM without head_dim': {
    config: { model_type: 'qwen3' },
    shape: { ...shape, layers: 2, headWidth: 128 },
    headNorms: true,
  },
  LlamaForCausalLM: { config: { model_type: 'llama' }, shape },
  'LlamaForCausalLM with head_dim': { config: { model_type: 'llama', head_dim: 24 }, shape: wide },
  MistralForCausalLM: { config: { model_type: 'mistral', sliding_window: null }, shape },
  'MistralForCausalLM with head_dim, as Mistral Nemo': {
    config: { model_type: 'mistral', head_dim: 24, sliding_window: null },
    shape: wide,
  },
  SmolLM3ForCausalLM: {
    config: {
      model_type: 'smollm3',
      no_rope_layer_interval: 4,
      no_rope_layers: [1, 1, 1, 0, 1],
      use_sliding_window: false,
    },
    shape: { ...shape, hasRope: (layer) => layer !== 3 },
  },
  'Phi3ForCausalLM as Phi-4': {
    config: {
      ...{ model_type: 'phi3', tie_word_embeddings: false, sliding_window: null, embd_pdrop: 0 },
      original_max_position_embeddings: 128,
    },
    shape,
    isTied: false,
    isFused: true,
  },
};

let root: TemporaryDirectory;
let plain: string;

beforeAll(() => {
  root = temporaryDirectory();
  plain = join(root.path, 'plain');
  const { layers, heads, keyValueHeads, ropeBase, normEpsilon } = shape;
  const configuration = {
    ...{ vocabularySize, width, layers, heads, keyValueHeads, feedForward, contextLength: 128 },
    ...{ ropeBase, normEpsilon },
  };
  const tensors = parameterShapes(configuration).map(({ name, shape: dimensions }) => ({
    name,
    shape: dimensions,
    data: new Float32Array(dimensions.reduce((a, b) => a * b, 1)),
  }));
  writeTransformersModel(plain, { configuration, tokenizer, template: tiegelTemplate, tensors });
});

afterAll(() => root[Symbol.dispose]());

type Tensor = { readonly name: string; readonly shape: readonly number[]; readonly data: Float32Array };

/** Rows of q, k and v one below the other, and of gate and up. */
function fused(tensors: readonly Tensor[]): readonly Tensor[] {
  const wholes: readonly (readonly [whole: string, parts: RegExp])[] = [
    ['self_attn.qkv_proj', /self_attn\.[qkv]_proj/],
    ['mlp.gate_up_proj', /mlp\.(gate|up)_proj/],
  ];
  const groups = Map.groupBy(tensors, ({ name }) => {
    const [whole, parts] = wholes.find(([, of]) => of.test(name)) ?? ['', /$/];
    return name.replace(parts, whole);
  });
  return [...groups].map(([name, parts]) => ({
    name,
    shape: [parts.reduce((rows, { shape: [own] }) => rows + own!, 0), ...parts[0]!.shape.slice(1)],
    data: Float32Array.from(parts.flatMap(({ data }) => [...data])),
  }));
}

function randomTensors({
  shape: { layers, heads, keyValueHeads, headWidth },
  biases = false,
  headNorms = false,
  isTied = true,
}: Case): readonly {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}[] {
  const random = seededRandom(11);
  const tensor = (name: string, ...dimensions: number[]) => ({
    name,
    shape: dimensions,
    data: Float32Array.from(
      { length: dimensions.reduce((a, b) => a * b, 1) },
      () => random.next() * 0.6 + (name.includes('norm') ? 0.7 : -0.3),
    ),
  });
  const projection = (name: string, rows: number) => [
    tensor(`${name}.weight`, rows, width),
    ...(biases ? [tensor(`${name}.bias`, rows)] : []),
  ];
  const block = (layer: number) => {
    const part = (name: string): string => `model.layers.${layer}.${name}`;
    return [
      tensor(part('input_layernorm.weight'), width),
      ...projection(part('self_attn.q_proj'), heads * headWidth),
      ...projection(part('self_attn.k_proj'), keyValueHeads * headWidth),
      ...projection(part('self_attn.v_proj'), keyValueHeads * headWidth),
      ...(headNorms
        ? ['q', 'k'].map((name) => tensor(part(`self_attn.${name}_norm.weight`), headWidth))
        : []),
      tensor(part('self_attn.o_proj.weight'), width, heads * headWidth),
      tensor(part('post_attention_layernorm.weight'), width),
      tensor(part('mlp.gate_proj.weight'), feedForward, width),
      tensor(part('mlp.up_proj.weight'), feedForward, width),
      tensor(part('mlp.down_proj.weight'), width, feedForward),
    ];
  };
  return [
    tensor('model.embed_tokens.weight', vocabularySize, width),
    ...Array.from({ length: layers }, (_, layer) => block(layer)).flat(),
    tensor('model.norm.weight', width),
    ...(isTied ? [] : [tensor('lm_head.weight', vocabularySize, width)]),
  ];
}

function writeCheckpoint(
  name: string,
  given: Case,
): { readonly directory: string; readonly weights: Weights } {
  const directory = join(root.path, name.replaceAll(/\W+/g, '-'));
  cpSync(plain, directory, { recursive: true });
  const path = join(directory, 'config.json');
  const config = JSON.parse(readFileSync(path, 'utf8'));
  const architectures = [name.split(' ')[0]];
  const layers = given.shape.layers;
  writeFileSync(
    path,
    JSON.stringify({ ...config, num_hidden_layers: layers, architectures, ...given.config }),
  );
  const tensors = randomTensors(given);
  writeSafetensors(
    join(directory, 'model.safetensors'),
    (given.isFused ? fused(tensors) : tensors).map(({ data, ...tensor }) => ({
      ...tensor,
      values: () => [data],
    })),
  );
  return { directory, weights: new Map(tensors.map(({ name: of, data }) => [of, data])) };
}

const prompts = [
  tokenizer.encode([{ text: '<|user|>3 apples and 17 more<|assistant|>', special: true }]),
  [5, 4, 3, 2, 1, 0, 100, 200],
];

test.each(Object.entries(cases))(
  '%s computes in llama.cpp what it is defined to compute',
  async (name, given) => {
    const { directory, weights } = writeCheckpoint(name, given);
    const out = join(directory, 'F32.gguf');
    await convertCheckpoint({ directory, out, type: 'F32', name: 'converted' });
    using gguf = openGguf(out);
    expect(readDecoder(gguf)).toMatchObject({ headWidth: given.shape.headWidth, layers: given.shape.layers });
    const theirs = await evaluateLogits(out, prompts);
    for (const [index, prompt] of prompts.entries()) {
      const ours = referenceLogits(given.shape, weights, prompt);
      const range = Math.max(...ours.map(Math.abs));
      expect(range).toBeGreaterThan(1);
      const farthest = Math.max(...ours.map((value, at) => Math.abs(value - theirs[index]![at]!)));
      expect(farthest / range).toBeLessThan(1e-4);
    }
  },
);
