// Which tensors a model of a shape has and in which type each is stored under a quantisation, as llama-quantize chooses
// (llama.cpp src/llama-quant.cpp). With it a model can be weighed before it is here. Not covered: mixtures of experts,
// and the one type that differs in models of 70 billion parameters (0.3 % of their size).
import {
  decoderTensors,
  type TensorType,
  type TransformerConfiguration,
  tensorTypes,
} from '../../formats/index.ts';

/** A published model, as far as memory and speed depend on it. */
export type PublishedShape = {
  readonly configuration: TransformerConfiguration;
  /** Elements of one head; `width / heads` but in Qwen3. */
  readonly headWidth: number;
  /** Llama's tensors are Qwen2's without the biases, which weigh next to nothing. */
  readonly architecture: 'qwen2' | 'qwen3';
  /** Small models use the embedding as output projection too. */
  readonly tiedEmbedding: boolean;
};

/** The quantisations that publishers offer most, best first. */
export const quantisations = ['Q8_0', 'Q6_K', 'Q5_K_M', 'Q4_K_M'] as const;

export type Quantisation = (typeof quantisations)[number];

export type StoredTensor = {
  readonly name: string;
  /** ggml's order, row length first. */
  readonly shape: readonly number[];
  readonly type: TensorType;
  readonly byteLength: number;
};

/** Every tensor in the order of the file. */
export function quantisedTensors(
  { configuration, headWidth, architecture, tiedEmbedding }: PublishedShape,
  quantisation: Quantisation,
): readonly StoredTensor[] {
  const { width, vocabularySize, layers } = configuration;
  const output = { name: 'output.weight', shape: [width, vocabularySize] };
  const tensors = [
    ...decoderTensors({ ...configuration, headWidth, architecture }),
    ...(tiedEmbedding ? [] : [output]),
  ];
  return tensors.map(({ name, shape }) => {
    const type =
      shape.length === 1 ? 'F32' : storedType(name, shape[0]!, quantisation, { layers, tiedEmbedding });
    return { name, shape, type, byteLength: tensorBytes(shape, type) };
  });
}

/** Bytes of a tensor in a file. */
function tensorBytes(shape: readonly number[], type: TensorType): number {
  const { blockLength, blockBytes } = tensorTypes[type];
  return (shape.reduce((product, dimension) => product * dimension, 1) / blockLength) * blockBytes;
}

type Model = { readonly layers: number; readonly tiedEmbedding: boolean };

function storedType(name: string, rowLength: number, quantisation: Quantisation, model: Model): TensorType {
  if (quantisation === 'Q8_0') return 'Q8_0';
  const type = mixedType(name, quantisation, model);
  // Rows that are no whole blocks of 256 fall back to a type with short blocks.
  return rowLength % tensorTypes[type].blockLength === 0 ? type : fallbacks[type];
}

const baseTypes = { Q6_K: 'Q6_K', Q5_K_M: 'Q5_K', Q4_K_M: 'Q4_K' } as const;
const fallbacks = { Q6_K: 'Q8_0', Q5_K: 'Q5_1', Q4_K: 'Q5_0' } as const;

/** The _M mixtures keep the output, and some layers' value and down projections, in Q6_K. */
function mixedType(
  name: string,
  quantisation: Exclude<Quantisation, 'Q8_0'>,
  { layers, tiedEmbedding }: Model,
): 'Q6_K' | 'Q5_K' | 'Q4_K' {
  const base = baseTypes[quantisation];
  if (name === 'output.weight' || (name === 'token_embd.weight' && tiedEmbedding)) return 'Q6_K';
  const [, layer, part] = /^blk\.(\d+)\.(.*)\.weight$/.exec(name) ?? [];
  const mixed = part === 'attn_v' || part === 'ffn_down';
  return mixed && isPreciseLayer(Number(layer), layers) ? 'Q6_K' : base;
}

/** The first eighth of the layers, the last one, and every third between. */
function isPreciseLayer(layer: number, layers: number): boolean {
  const eighth = Math.floor(layers / 8);
  return layer < eighth || layer >= Math.floor((7 * layers) / 8) || (layer - eighth) % 3 === 2;
}
