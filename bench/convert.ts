// `tiegel convert` on random BF16 weights in the shape of R1-Distill-Qwen-1.5B, in two shards: peak memory of the
// process over the 4 GiB that it may take, and time, for two types. Needs about 7 GB on the disk of the temporary
// directory.
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../src/base/index.ts';
import { transformersName } from '../src/formats/hf/tensor-names.ts';
import {
  buildVocabulary,
  createTokenizer,
  qwen2Tensors,
  tiegelTemplate,
  writeTransformersModel,
} from '../src/formats/index.ts';
import { type BenchResult, rounded } from './bench.ts';
import { distillQwenOneAndAHalfBillion as model } from './random-model.ts';

const allowedMiB = 4096;

/** @see BenchResult */
export async function bench(): Promise<BenchResult> {
  const directory = mkdtempSync(join(tmpdir(), 'tiegel-bench-'));
  try {
    writeRandomCheckpoint(directory);
    const ratios: Record<string, number> = {};
    const figures: Record<string, number> = {};
    for (const type of ['q8_0', 'q4_0']) {
      const out = join(directory, `${type}.gguf`);
      const began = performance.now();
      const command = join(import.meta.dirname, '..', 'src', 'cli', 'main.ts');
      const words = [command, 'convert', directory, '--out', out, '--type', type, '--json'];
      const { peakMemoryMiB } = JSON.parse(execFileSync(process.execPath, words, { encoding: 'utf8' }));
      ratios[`${type}PeakOverAllowed`] = rounded(peakMemoryMiB / allowedMiB);
      figures[`${type}PeakMiB`] = peakMemoryMiB;
      figures[`${type}Seconds`] = rounded((performance.now() - began) / 1000);
      figures[`${type}FileMiB`] = rounded(statSync(out).size / 2 ** 20);
      process.stderr.write(`${type}: ${JSON.stringify(figures)}\n`);
      rmSync(out);
    }
    return { ratios, figures, rounds: 1 };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The small files come from a tokenizer of ours; the weights are random. */
function writeRandomCheckpoint(directory: string): void {
  const { configuration } = model;
  const tokenizer = createTokenizer(buildVocabulary([]));
  writeTransformersModel(directory, { configuration, tokenizer, template: tiegelTemplate, tensors: [] });
  rmSync(join(directory, 'model.safetensors'));
  const config = JSON.parse(readFileSync(join(directory, 'config.json'), 'utf8'));
  const changed = { ...config, tie_word_embeddings: model.tiedEmbedding };
  writeFileSync(join(directory, 'config.json'), JSON.stringify(changed));
  const { width, vocabularySize } = configuration;
  const tensors = [
    ...qwen2Tensors(configuration),
    ...(model.tiedEmbedding ? [] : [{ name: 'output.weight', shape: [width, vocabularySize] }]),
  ].map(({ name, shape }) => ({ name: transformersName(name) as string, shape: shape.toReversed() }));
  const map: Record<string, string> = {};
  const middle = Math.ceil(tensors.length / 2);
  for (const [index, part] of [tensors.slice(0, middle), tensors.slice(middle)].entries()) {
    const file = `model-0000${index + 1}-of-00002.safetensors`;
    for (const { name } of part) map[name] = file;
    writeRandomShard(join(directory, file), part);
  }
  writeFileSync(join(directory, 'model.safetensors.index.json'), JSON.stringify({ weight_map: map }));
}

type Described = { readonly name: string; readonly shape: readonly number[] };

function writeRandomShard(path: string, tensors: readonly Described[]): void {
  const random = seededRandom(1);
  // Brain floats from -0.125 to 0.125; one stretch of them serves for all tensors.
  const stretch = Uint8Array.from({ length: 2 ** 20 }, (_, at) =>
    at % 2 === 0 ? random.integer(0, 255) : 0x3d + 0x80 * random.integer(0, 1),
  );
  let end = 0;
  const entries = tensors.map(({ name, shape }) => {
    const start = end;
    end += shape.reduce((product, dimension) => product * dimension, 2);
    return [name, { dtype: 'BF16', shape, data_offsets: [start, end] }];
  });
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const file = openSync(path, 'w');
  try {
    writeSync(file, length);
    writeSync(file, header);
    for (let written = 0; written < end; written += stretch.length) {
      writeSync(file, stretch.subarray(0, Math.min(stretch.length, end - written)));
    }
  } finally {
    closeSync(file);
  }
}
