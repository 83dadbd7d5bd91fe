// What the weights take in memory, and what of them is read for a token. On a CPU llama.cpp stores matrices anew in the
// order its kernels like (ggml/src/ggml-cpu/repack.cpp, amx/mmq.cpp of llama.cpp): most such forms are as long as the
// old one, Intel's AMX tiles are longer, and a matrix that also serves as embedding is then kept twice.
import type { TensorType } from '../../formats/index.ts';

type Tensor = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: TensorType;
  readonly byteLength: number;
};

const embedding = 'token_embd.weight';

/** Bytes that AMX tiles add to a block of the file. */
const amxGrowth: Partial<Record<TensorType, number>> = {
  Q4_0: 0,
  Q4_1: 0,
  Q8_0: 4 / 34,
  Q4_K: 4 / 144,
  Q5_K: 4 / 176,
  Q6_K: 0,
  IQ4_XS: 2 / 136,
};

const repackedByAvx2: readonly TensorType[] = ['Q4_0', 'Q4_K', 'IQ4_NL', 'MXFP4'];
const repackedByAvx512: readonly TensorType[] = ['Q2_K'];
const repackedByNeon: readonly TensorType[] = [
  'Q4_0',
  'Q4_K',
  'Q5_K',
  'Q6_K',
  'Q8_0',
  'IQ4_NL',
  'MXFP4',
  'Q1_0',
];

/**
 * Bytes of all weights in the memory of a CPU.
 *
 * @param cpuFeatures instruction sets as llama.cpp names them, such as `AVX2` or `AMX_INT8`.
 */
export function cpuWeightBytes(tensors: readonly Tensor[], cpuFeatures: readonly string[]): number {
  const tied = !tensors.some(({ name }) => name === 'output.weight');
  const sizes = tensors.map(({ name, shape, type, byteLength }) => {
    const repacked = repackedBytes(shape, type, byteLength, cpuFeatures);
    if (name !== embedding) return repacked ?? byteLength;
    // Rows of the embedding are looked up in the file's own form.
    return byteLength + (tied ? (repacked ?? 0) : 0);
  });
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Undefined where the tensor keeps its form. */
function repackedBytes(
  shape: readonly number[],
  type: TensorType,
  byteLength: number,
  cpuFeatures: readonly string[],
): number | undefined {
  const has = (feature: string): boolean => cpuFeatures.includes(feature);
  const [, rows = 1] = shape;
  if (shape.length < 2) return undefined;
  const growth = amxGrowth[type];
  if (has('AMX_INT8') && growth !== undefined && rows % 32 === 0) return byteLength * (1 + growth);
  if (!has('REPACK') || rows % 8 !== 0) return undefined;
  const repacked =
    (has('AVX2') && repackedByAvx2.includes(type)) ||
    (has('AVX512') && repackedByAvx512.includes(type)) ||
    (has('NEON') && repackedByNeon.includes(type));
  return repacked ? byteLength : undefined;
}

/**
 * Bytes of the weights that one token reads: of an embedding that is nothing else only one row, of experts those that are chosen,
 * of everything else all.
 */
export function bytesReadPerToken(
  tensors: readonly Tensor[],
  experts?: { readonly count: number; readonly used: number },
): number {
  const separate = tensors.some(({ name }) => name === 'output.weight');
  const chosen = experts === undefined ? 1 : experts.used / experts.count;
  const read = tensors.filter(({ name }) => !(separate && name === embedding));
  return read.reduce((sum, { name, byteLength }) => sum + byteLength * (isOfExperts(name) ? chosen : 1), 0);
}

/** The matrices of all experts of a layer are one tensor. */
function isOfExperts(name: string): boolean {
  return /_exps\.(weight|bias)$/.test(name);
}
