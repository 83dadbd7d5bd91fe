// A safetensors checkpoint → GGUF, a stretch of a tensor at a time, as llama.cpp's convert_hf_to_gguf.py does it: Llama's
// query and key rows are re-ordered from half-split to interleaved RoPE pairs, Qwen's stay. Unlike there, every matrix
// gets the one type that was asked for.
import { basename } from 'node:path';
import { streamFileAtomically } from '../../base/index.ts';
import { traits } from '../architecture/architectures.ts';
import { type Architecture, decoderTensors, type ExpectedTensor } from '../architecture/decoder.ts';
import { fileTypes } from '../architecture/qwen2.ts';
import { alignUp, defaultAlignment, float32, type GgufMetadata, type GgufValue } from '../gguf/gguf.ts';
import { encodeValues, type WritableType } from '../gguf/quantise.ts';
import { tensorTypes } from '../gguf/tensor-type.ts';
import { encodeGgufHeader, storedTypeOf } from '../gguf/write-gguf.ts';
import { readBpeVocabulary } from './bpe-vocabulary.ts';
import { type Checkpoint, type CheckpointTensor, openCheckpoint } from './checkpoint.ts';
import { type CheckpointConfiguration, readConfiguration } from './configuration.ts';
import { readGenerationConfiguration } from './generation-configuration.ts';
import { refused } from './json-file.ts';
import { ropeMetadata } from './rope.ts';
import { transformersName } from './tensor-names.ts';

export type ConversionOptions = {
  /** Holds config.json, tokenizer.json and the weights. */
  readonly directory: string;
  /** The GGUF file to write. */
  readonly out: string;
  readonly type: WritableType;
  /** Name in the metadata. @default the directory's */
  readonly name?: string | undefined;
  readonly onProgress?: (done: number, total: number) => void;
  /** Aborting ends the conversion between two stretches; nothing is left. */
  readonly signal?: AbortSignal;
};

export type Conversion = {
  readonly architecture: CheckpointConfiguration['architecture'];
  readonly tensors: number;
  readonly parameters: number;
};

/** A tensor of the file to come, where its values come from, and what has to be done to them. */
type Plan = ExpectedTensor & {
  readonly storedType: WritableType;
  readonly stretches: () => Iterable<Float32Array>;
};

/**
 * Converts a checkpoint of an architecture that `readConfiguration` knows. Memory holds one stretch of a tensor and the vocabulary.
 *
 * @throws TGL_CONVERSION_REFUSED, TGL_SAFETENSORS_INVALID, TGL_FILE_NOT_FOUND, TGL_DISK_FULL, the signal's reason
 */
export async function convertCheckpoint(options: ConversionOptions): Promise<Conversion> {
  const { directory, out, type } = options;
  const configuration = readConfiguration(directory);
  const { ends, sampling } = readGenerationConfiguration(directory);
  const vocabulary = readBpeVocabulary(directory, configuration, ends);
  using checkpoint = openCheckpoint(directory);
  const plans = planTensors(directory, configuration, checkpoint, type);
  const name = options.name ?? basename(directory);
  checkName(directory, name);
  const metadata = new Map([...decoderMetadata(configuration, name, type), ...sampling, ...vocabulary]);
  await streamFileAtomically(out, encode(metadata, plans, options));
  return {
    architecture: configuration.architecture,
    tensors: plans.length,
    parameters: plans.reduce((sum, { shape }) => sum + elementsOf(shape), 0),
  };
}

/** llama.cpp reads blanks after control tokens otherwise in every model that has this in its name, whatever it is. */
function checkName(directory: string, name: string): void {
  if (!/phi-?3/i.test(name)) return;
  const problem = `llama.cpp leaves out blanks of prompts for models named like ${JSON.stringify(name.slice(0, 100))}; give another name with --name`;
  throw refused(directory, problem, 'the name');
}

function* encode(
  metadata: GgufMetadata,
  plans: readonly Plan[],
  { directory, onProgress, signal }: ConversionOptions,
): Generator<Uint8Array> {
  yield encodeGgufHeader(
    metadata,
    plans.map(({ name, shape, storedType }) => ({ name, shape, type: storedType })),
  );
  for (const [index, { name, storedType, stretches }] of plans.entries()) {
    let length = 0;
    for (const stretch of stretches()) {
      signal?.throwIfAborted();
      const bytes = encodeOrRefuse(stretch, storedType, directory, name);
      length += bytes.length;
      yield bytes;
    }
    yield new Uint8Array(alignUp(length, defaultAlignment) - length);
    onProgress?.(index + 1, plans.length);
  }
}

function encodeOrRefuse(
  values: Float32Array,
  type: WritableType,
  directory: string,
  name: string,
): Uint8Array {
  try {
    return encodeValues(values, type);
  } catch (error) {
    if (error instanceof TypeError) throw refused(directory, error.message, `tensor ${name}`);
    throw error;
  }
}

/** Every tensor of the file in order. What the checkpoint has and the file has no place for is refused. */
function planTensors(
  directory: string,
  configuration: CheckpointConfiguration,
  { tensors }: Checkpoint,
  type: WritableType,
): readonly Plan[] {
  const { architecture, headWidth, width, vocabularySize, tied, rope } = configuration;
  const left = new Set(tensors.keys());
  const planned = [
    ...decoderTensors(configuration),
    ...(tied ? [] : [{ name: 'output.weight', shape: [width, vocabularySize] }]),
  ].map((expected): Plan => {
    const name = transformersName(expected.name, traits[architecture].fused) as string;
    const tensor = tensors.get(name);
    left.delete(name);
    if (tensor?.shape.join() !== expected.shape.toReversed().join()) {
      const wanted = `[${expected.shape.toReversed()}]`;
      const problem = tensor ? `its shape is [${tensor.shape}], not ${wanted}` : 'it is missing';
      throw refused(directory, problem, `tensor ${name}`);
    }
    const isRotated = rotatesNeighbours.has(architecture) && /attn_[qk]\.weight$/.test(expected.name);
    return {
      ...expected,
      storedType: storedTypeOf({ shape: expected.shape, type }),
      stretches: () => (isRotated ? interleaved(tensor, headWidth, width) : tensor.stretches(blockLength)),
    };
  });
  // A tied head may be stored all the same, and older files carry RoPE's frequencies.
  const surplus = [...left].find(
    (name) => !(tied && name === 'lm_head.weight') && !name.endsWith('.inv_freq'),
  );
  if (surplus !== undefined) {
    throw refused(directory, 'the architecture has no such tensor', `tensor ${surplus}`);
  }
  const { factors: ropeFactors } = rope;
  if (!ropeFactors) return planned;
  const factors: Plan = {
    name: 'rope_freqs.weight',
    shape: [ropeFactors.length],
    storedType: 'F32',
    stretches: () => [ropeFactors],
  };
  return [...planned, factors];
}

/** Architectures in which llama.cpp's RoPE turns neighbouring elements of a head. */
const rotatesNeighbours: ReadonlySet<Architecture> = new Set(['llama', 'smollm3']);

const blockLength = tensorTypes.Q8_0.blockLength;

/**
 * Rows of each head [headWidth, width] from halves (first elements of all pairs, then second ones) to neighbours, as
 * llama.cpp's RoPE of Llama wants them.
 */
function* interleaved(tensor: CheckpointTensor, headWidth: number, width: number): Generator<Float32Array> {
  const headSize = headWidth * width;
  for (const stretch of tensor.stretches(headSize)) {
    const ordered = new Float32Array(stretch.length);
    for (let head = 0; head < stretch.length; head += headSize) {
      for (let row = 0; row < headWidth; row++) {
        const source = head + ((row % 2) * (headWidth / 2) + Math.floor(row / 2)) * width;
        ordered.set(stretch.subarray(source, source + width), head + row * width);
      }
    }
    yield ordered;
  }
}

function decoderMetadata(
  configuration: CheckpointConfiguration,
  name: string,
  type: WritableType,
): readonly (readonly [string, GgufValue])[] {
  const { architecture, headWidth, heads, width } = configuration;
  const uint32 = (value: number): GgufValue => ({ type: 'uint32', value });
  const string = (value: string): GgufValue => ({ type: 'string', value });
  return [
    ['general.architecture', string(architecture)],
    ['general.type', string('model')],
    ['general.name', string(name)],
    ['general.alignment', uint32(defaultAlignment)],
    ['general.file_type', uint32(fileTypes[type])],
    ['general.quantization_version', uint32(2)],
    [`${architecture}.context_length`, uint32(configuration.contextLength)],
    [`${architecture}.embedding_length`, uint32(configuration.width)],
    [`${architecture}.block_count`, uint32(configuration.layers)],
    [`${architecture}.feed_forward_length`, uint32(configuration.feedForward)],
    [`${architecture}.attention.head_count`, uint32(configuration.heads)],
    [`${architecture}.attention.head_count_kv`, uint32(configuration.keyValueHeads)],
    [`${architecture}.attention.layer_norm_rms_epsilon`, float32(configuration.normEpsilon)],
    [`${architecture}.rope.dimension_count`, uint32(headWidth)],
    ...(headWidth * heads === width
      ? []
      : (['key', 'value'] as const).map(
          (of) => [`${architecture}.attention.${of}_length`, uint32(headWidth)] as const,
        )),
    ...ropeMetadata(configuration.rope).map(([key, value]) => [`${architecture}.${key}`, value] as const),
  ];
}

function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}
