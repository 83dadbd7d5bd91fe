// Where the weights of a run come from: random numbers, or an earlier model, from its run or its GGUF file.
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Digest, digestOfFile, seededRandom, TiegelError } from '../base/index.ts';
import { openGguf, readDecoder, type Tokenizer, tensorStretches } from '../formats/index.ts';
import { createTensorRuntime } from '../tensor/index.ts';
import { createModel, initialise, type ModelShape, parameterShapes } from './model.ts';
import { parameterCount } from './model-shape.ts';
import type { Recipe } from './recipe.ts';
import { vocabularyProblem } from './vocabulary.ts';

export type StartingWeights = {
  /** float32 [parameters], in the order of `parameterShapes` */
  readonly values: Float32Array;
  /** SHA-256 of the file they were read from. */
  readonly origin: Digest | undefined;
};

const initialisationTag = 0x1417;
const memoryBytes = 2 ** 28;

/** @throws TGL_START_INVALID for a missing file, another model and another vocabulary; TGL_GGUF_INVALID */
export async function startingWeights(
  recipe: Recipe,
  shape: ModelShape,
  vocabulary: Tokenizer['vocabulary'],
): Promise<StartingWeights> {
  if (recipe.from !== undefined) {
    const path = weightsFile(recipe.from);
    requireVocabulary(path, vocabulary);
    return { values: readWeights(path, shape), origin: await digestOfFile(path) };
  }
  const model = createModel(await createTensorRuntime({ bytes: memoryBytes }), shape);
  initialise(model, seededRandom(recipe.seed, initialisationTag));
  return { values: model.parameters.values.slice(), origin: undefined };
}

/** The folder of the shipped model, so that shipped recipes can name it. */
const repository = join(import.meta.dirname, '..', '..');

/**
 * The file of weights to which a run directory or a path refers; a run's exact weights are in its F32 file. What is not found
 * is looked for beside this program.
 *
 * @throws TGL_START_INVALID
 */
export function weightsFile(from: string): string {
  for (const place of [from, resolve(repository, from)]) {
    const stat = statSync(place, { throwIfNoEntry: false });
    const path = stat?.isDirectory() ? join(place, 'model.f32.gguf') : place;
    if (statSync(path, { throwIfNoEntry: false })?.isFile()) return path;
  }
  throw new TiegelError('TGL_START_INVALID', { path: from, problem: 'there is no such file' });
}

/** The shape without the context length, which limits positions and changes none of them. */
const compared = [
  'width',
  'layers',
  'heads',
  'keyValueHeads',
  'feedForward',
  'ropeBase',
  'normEpsilon',
] as const;

/** @throws TGL_START_INVALID if the file is of another model; TGL_GGUF_INVALID */
export function readWeights(path: string, shape: ModelShape): Float32Array {
  using gguf = openGguf(path);
  const decoder = readDecoder(gguf);
  const refuse = (problem: string) => new TiegelError('TGL_START_INVALID', { path, problem });
  for (const key of compared) {
    const [value, expected] = [decoder[key], shape[key]];
    // Files store with 32 bits what a recipe states with 64.
    if (Math.fround(value) === Math.fround(expected)) continue;
    throw refuse(`its ${key} is ${value}, the recipe's ${expected}`);
  }
  if (decoder.architecture !== 'qwen2')
    throw refuse(`its architecture is ${decoder.architecture}, not qwen2`);
  if (decoder.ropeScaled) throw refuse('its RoPE is scaled, which is not computed here');
  const values = new Float32Array(parameterCount(shape));
  const tensors = new Map(gguf.tensors.map((tensor) => [tensor.name, tensor]));
  let start = 0;
  for (const { name, shape: dimensions } of parameterShapes(shape)) {
    const tensor = tensors.get(name);
    // A weight [out, in] in row-major order is what GGUF calls [in, out].
    if (tensor?.shape.join() !== dimensions.toReversed().join()) {
      const problem = `tensor ${name} is [${tensor?.shape.join(', ') ?? ''}], wanted [${dimensions.toReversed().join(', ')}]`;
      throw new TiegelError('TGL_START_INVALID', { path, problem });
    }
    for (const stretch of tensorStretches(gguf, tensor)) {
      values.set(stretch, start);
      start += stretch.length;
    }
  }
  return values;
}

/** Weights that were learned for other tokens would give nonsense with these. @throws TGL_START_INVALID */
function requireVocabulary(path: string, vocabulary: Tokenizer['vocabulary']): void {
  using gguf = openGguf(path);
  const problem = vocabularyProblem(gguf, vocabulary);
  if (problem !== null) throw new TiegelError('TGL_START_INVALID', { path, problem });
}
