// How much memory a loaded model takes, part by part, as llama.cpp lays it out for the embedded engine: weights in memory
// (no file mapping), an F16 cache of whole contexts allocated at once, and buffers for a batch of 128 tokens. The
// constants of the runtime's own structures were measured with node-llama-cpp 3.22.1; `npm run bench -- fit` repeats that.
import type { DecoderConfiguration, TransformerConfiguration } from '../../formats/index.ts';
import type { StoredTensor } from './quantised-tensors.ts';

/** The numbers of a decoder that memory depends on. */
export type ModelShape = Omit<TransformerConfiguration, 'heads' | 'ropeBase' | 'normEpsilon'> & {
  readonly headWidth: number;
} & Pick<DecoderConfiguration, 'experts' | 'latent'>;

/** A model, read from its file or known from its publisher. */
export type Model = { readonly shape: ModelShape; readonly tensors: readonly StoredTensor[] };

export type EngineSize = {
  readonly slots: number;
  /** Tokens of prompt and completion of one slot. */
  readonly contextLength: number;
};

/** Bytes. */
export type MemoryNeeds = {
  readonly weights: number;
  /** Keys and values of all tokens that the slots can hold. */
  readonly cache: number;
  /** Intermediate results of a batch, and logits. */
  readonly compute: number;
  /** The vocabulary as the runtime and its binding hold it, and their code. */
  readonly runtime: number;
  readonly total: number;
};

/** Most tokens of a batch, as the engine sets it. */
const batchTokens = 512;
const bytesOfFloat = 4;
const bytesOfHalf = 2;
/** A context is rounded up to a multiple of this. */
const contextStep = 256;
/** Of a token: its text, merges and attributes in llama.cpp and the binding. Measured with 32,000 and 151,936 tokens. */
const bytesOfVocabularyEntry = 780;
/** Code and structures that a model of any size needs. Measured. */
const runtimeBytes = 19 * 2 ** 20;

/**
 * Bytes of keys and values that one token takes in the cache.
 *
 * @example
 * import { cacheBytesPerToken } from './src/catalog/index.ts';
 * cacheBytesPerToken({ layers: 28, keyValueHeads: 2, headWidth: 128 }); // → 28672
 */
export function cacheBytesPerToken(
  shape: Pick<ModelShape, 'layers' | 'keyValueHeads' | 'headWidth' | 'latent'>,
): number {
  // Latent attention takes its values out of what it keeps for the keys.
  const kinds = shape.latent === undefined ? 2 : 1;
  return kinds * shape.layers * shape.keyValueHeads * shape.headWidth * bytesOfHalf;
}

/**
 * What a model needs where everything lies in one memory.
 *
 * @param weights bytes that the tensors take there; see `cpuWeightBytes`.
 */
export function memoryNeeds(
  shape: ModelShape,
  weights: number,
  { slots, contextLength }: EngineSize,
): MemoryNeeds {
  const cells = slots * Math.ceil(contextLength / contextStep) * contextStep;
  const cache = cells * cacheBytesPerToken(shape);
  const compute = computeBytes(shape, slots, contextLength);
  const runtime = runtimeBytes + shape.vocabularySize * bytesOfVocabularyEntry;
  return { weights, cache, compute, runtime, total: weights + cache + compute + runtime };
}

/**
 * The widest moment of a batch, which is that of the feed-forward beside the attention mask in 16 bits; and a row of logits for
 * each slot.
 */
function computeBytes(
  { vocabularySize, feedForward }: ModelShape,
  slots: number,
  contextLength: number,
): number {
  const mask = bytesOfHalf * contextLength;
  return batchTokens * (4 * feedForward * bytesOfFloat + mask) + slots * vocabularySize * bytesOfFloat;
}
