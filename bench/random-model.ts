// Model files with random weights in the shapes of published models, for benches: speed and memory depend on shapes
// and types, not on values. The vocabulary is a small valid one, padded with unused tokens.
import { closeSync, openSync, writeSync } from 'node:fs';
import { seededRandom } from '../src/base/index.ts';
import {
  type PublishedShape,
  type Quantisation,
  quantisedTensors,
} from '../src/catalog/fit/quantised-tensors.ts';
import {
  buildVocabulary,
  createTokenizer,
  encodeGgufHeader,
  qwen2Metadata,
  type TensorType,
  tensorTypes,
  tiegelTemplate,
} from '../src/formats/index.ts';

export { distillQwenOneAndAHalfBillion } from '../src/catalog/fit/published-shapes.ts';

/** Qwen2.5-0.5B: 494,032,768 parameters. */
export const qwenHalfBillion: PublishedShape = {
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
  headWidth: 64,
  architecture: 'qwen2',
  tiedEmbedding: true,
};

/** Writes the file piece by piece; a model larger than memory is no problem. */
export function writeRandomModel(path: string, model: PublishedShape, quantisation: Quantisation): void {
  const { configuration } = model;
  const tokenizer = createTokenizer(vocabularyOf(configuration.vocabularySize));
  const description = { name: 'random', license: 'none', template: tiegelTemplate, type: 'Q8_0' } as const;
  const tensors = quantisedTensors(model, quantisation);
  const stretches = stretchesOfBlocks();
  const file = openSync(path, 'w');
  try {
    writeSync(file, encodeGgufHeader(qwen2Metadata(configuration, tokenizer, description), tensors));
    for (const { name, type, byteLength: bytes } of tensors) {
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
    // The minimum is the scale times the middle value, so that values lie around zero.
    if (type === 'Q4_K') scale(0, 1.2e-4);
    if (type === 'Q4_K') scale(2, 7.5 * 1.2e-4);
    if (type === 'Q5_K') scale(0, 6e-5);
    if (type === 'Q5_K') scale(2, 15.5 * 6e-5);
    if (type === 'Q5_1') scale(0, 2e-3);
    if (type === 'Q5_1') scale(2, -15.5 * 2e-3);
  }
  return stretch;
}
