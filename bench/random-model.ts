// Model files with random weights in the shapes of published models, for benches: speed and memory depend on shapes
// and types, not on values. Tensor types follow llama-quantize's choices for Q8_0 and Q4_K_M
// (llama.cpp src/llama-quant.cpp). The vocabulary is a small valid one, padded with unused tokens.
import { closeSync, openSync, writeSync } from 'node:fs';
import { seededRandom } from '../src/base/index.ts';
import {
  buildVocabulary,
  createTokenizer,
  encodeGgufHeader,
  qwen2Metadata,
  qwen2Tensors,
  type TensorType,
  type TransformerConfiguration,
  tensorTypes,
  tiegelTemplate,
} from '../src/formats/index.ts';

export type RandomModel = {
  readonly configuration: TransformerConfiguration;
  /** Larger models keep the output projection apart from the embedding. */
  readonly tiedEmbedding: boolean;
};

/** The quantisation as publishers name it. */
export type Quantisation = 'Q8_0' | 'Q4_K_M';

/** 494,032,768 parameters. */
export const qwenHalfBillion: RandomModel = {
  configuration: {
    vocabularySize: 151_936,
    width: 896,
    layers: 24,
    heads: 14,
    keyValueHeads: 2,
    feedForward: 4864,
    contextLength: 32_768,
    ropeBase: 1e6,
    normEpsilon: Math.fround(1e-6),
  },
  tiedEmbedding: true,
};

/** DeepSeek-R1-Distill-Qwen-1.5B: 1,777,088,000 parameters. */
export const distillQwenOneAndAHalfBillion: RandomModel = {
  configuration: {
    vocabularySize: 151_936,
    width: 1536,
    layers: 28,
    heads: 12,
    keyValueHeads: 2,
    feedForward: 8960,
    contextLength: 131_072,
    ropeBase: 10_000,
    normEpsilon: Math.fround(1e-6),
  },
  tiedEmbedding: false,
};

type Tensor = { readonly name: string; readonly shape: readonly number[]; readonly type: TensorType };

/** Writes the file piece by piece; a model larger than memory is no problem. */
export function writeRandomModel(path: string, model: RandomModel, quantisation: Quantisation): void {
  const { configuration } = model;
  const tokenizer = createTokenizer(vocabularyOf(configuration.vocabularySize));
  const description = { name: 'random', license: 'none', template: tiegelTemplate, type: 'Q8_0' } as const;
  const tensors = tensorsOf(model, quantisation);
  const stretches = stretchesOfBlocks();
  const file = openSync(path, 'w');
  try {
    writeSync(file, encodeGgufHeader(qwen2Metadata(configuration, tokenizer, description), tensors));
    for (const { name, shape, type } of tensors) {
      const { blockLength, blockBytes } = tensorTypes[type];
      const elements = shape.reduce((product, dimension) => product * dimension, 1);
      const bytes = (elements / blockLength) * blockBytes;
      const stretch = stretches(type, name.includes('norm'));
      for (let written = 0; written < bytes; written += stretch.length) {
        writeSync(file, stretch.subarray(0, Math.min(stretch.length, bytes - written)));
      }
      writeSync(file, new Uint8Array((alignment - (bytes % alignment)) % alignment));
    }
  } finally {
    closeSync(file);
  }
}

const alignment = 32;

function vocabularyOf(size: number): ReturnType<typeof buildVocabulary> {
  const valid = buildVocabulary([]);
  const padding = Array.from({ length: size - valid.length }, (_, index) => {
    return { text: `<|padding-${index}|>`, kind: 'unused' } as const;
  });
  return [...valid, ...padding];
}

function tensorsOf({ configuration, tiedEmbedding }: RandomModel, quantisation: Quantisation): Tensor[] {
  const { width, vocabularySize, layers } = configuration;
  const output = { name: 'output.weight', shape: [width, vocabularySize] };
  const expected = [...qwen2Tensors(configuration), ...(tiedEmbedding ? [] : [output])];
  return expected.map(({ name, shape }) => {
    if (shape.length === 1) return { name, shape, type: 'F32' };
    if (quantisation === 'Q8_0') return { name, shape, type: 'Q8_0' };
    const wished = mixedType(name, layers, tiedEmbedding);
    // Rows that are no whole K-blocks fall back to a type with short blocks.
    const fallback = wished === 'Q6_K' ? 'Q8_0' : 'Q5_0';
    return { name, shape, type: shape[0]! % tensorTypes[wished].blockLength === 0 ? wished : fallback };
  });
}

/** Q4_K_M keeps the output, and value and down projections of the first, the last and every third layer, in Q6_K. */
function mixedType(name: string, layers: number, tiedEmbedding: boolean): 'Q4_K' | 'Q6_K' {
  if (name === 'output.weight') return 'Q6_K';
  if (name === 'token_embd.weight') return tiedEmbedding ? 'Q6_K' : 'Q4_K';
  const [, layerText, part] = /^blk\.(\d+)\.(.*)\.weight$/.exec(name) ?? [];
  if (part !== 'attn_v' && part !== 'ffn_down') return 'Q4_K';
  const layer = Number(layerText);
  const eighth = Math.floor(layers / 8);
  const precise = layer < eighth || layer >= Math.floor((7 * layers) / 8) || (layer - eighth) % 3 === 2;
  return precise ? 'Q6_K' : 'Q4_K';
}

/** Random blocks of a type, made once. */
function stretchesOfBlocks(): (type: TensorType, ones: boolean) => Uint8Array {
  const random = seededRandom(1);
  const made = new Map<string, Uint8Array>();
  return (type, ones) => {
    const key = `${type} ${ones}`;
    const stretch = made.get(key) ?? randomBlocks(type, ones, () => random.integer(0, 255));
    made.set(key, stretch);
    return stretch;
  };
}

/** Some thousand blocks whose values lie around zero and are small, so that activations stay finite. */
function randomBlocks(type: TensorType, ones: boolean, byte: () => number): Uint8Array {
  const { blockBytes } = tensorTypes[type];
  const blocks = 4099; // A prime, so that rows do not repeat in step.
  if (type === 'F32') {
    const value = (): number => (ones ? 1 : (byte() - 127.5) / 12_750);
    return new Uint8Array(Float32Array.from({ length: blocks }, value).buffer);
  }
  const stretch = Uint8Array.from({ length: blocks * blockBytes }, byte);
  const view = new DataView(stretch.buffer);
  for (let start = 0; start < stretch.length; start += blockBytes) {
    const scale = (place: number, value: number): void => view.setFloat16(start + place, value, true);
    if (type === 'Q8_0') scale(0, 2.5e-4);
    if (type === 'Q5_0') scale(0, 2e-3);
    if (type === 'Q6_K') scale(blockBytes - 2, 1e-5);
    if (type === 'Q4_K') {
      scale(0, 1.2e-4);
      scale(2, 9e-4); // The minimum, 7.5 times the scale: values lie around zero.
    }
  }
  return stretch;
}
