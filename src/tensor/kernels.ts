// The WebAssembly side as TypeScript sees it: which build runs here, and the signatures of the kernels. Pointers are
// byte offsets into the one memory; strides, widths and counts are in floats. `kernels/` documents each function.
import { readFile } from 'node:fs/promises';

/** `relaxed` multiplies and adds in one instruction; `plain` runs wherever 128-bit SIMD does. */
export type KernelBuild = 'relaxed' | 'plain';

// biome-ignore format: one kernel, one line
export type Kernels = {
  readonly heapBase: () => number;
  readonly gemmWorkspaceBytes: () => number;
  readonly gemm: (a: number, aStride: number, aTransposed: boolean, b: number, bStride: number, bTransposed: boolean, c: number, cStride: number, m: number, n: number, k: number, addend: number, addendStride: number, workspace: number) => void;
  readonly rmsNormForward: (x: number, weight: number, y: number, inverse: number, rows: number, width: number, epsilon: number) => void;
  readonly rmsNormBackward: (x: number, weight: number, inverse: number, dY: number, dX: number, dWeight: number, rows: number, width: number, accumulate: boolean) => void;
  readonly rope: (x: number, stride: number, cosines: number, sines: number, positions: number, rows: number, heads: number, headWidth: number, sign: number) => void;
  readonly attentionWorkspaceBytes: (padded: number, headWidth: number) => number;
  readonly attentionForward: (qkv: number, output: number, probabilities: number, planeStride: number, batch: number, length: number, padded: number, heads: number, keyValueHeads: number, headWidth: number, workspace: number) => void;
  readonly attentionBackward: (qkv: number, probabilities: number, dOutput: number, dQkv: number, accumulate: boolean, planeStride: number, batch: number, length: number, padded: number, heads: number, keyValueHeads: number, headWidth: number, workspace: number) => void;
  readonly appendKeyValues: (qkv: number, keys: number, values: number, slots: number, positions: number, rows: number, capacity: number, heads: number, keyValueHeads: number, headWidth: number) => void;
  readonly decodeAttention: (qkv: number, keys: number, values: number, output: number, slots: number, positions: number, rows: number, capacity: number, heads: number, keyValueHeads: number, headWidth: number, spare: number) => void;
  readonly swigluForward: (joined: number, y: number, rows: number, width: number) => void;
  readonly swigluBackward: (joined: number, dY: number, dJoined: number, rows: number, width: number, accumulate: boolean) => void;
  readonly lossForward: (logits: number, targets: number, weights: number, logProbabilities: number, logSumExp: number, rows: number, vocabulary: number) => number;
  readonly lossBackward: (logits: number, targets: number, weights: number, logSumExp: number, dLogits: number, rows: number, vocabulary: number, scale: number, accumulate: boolean) => void;
  readonly gatherRows: (table: number, indices: number, y: number, rows: number, width: number) => void;
  readonly scatterRows: (dTable: number, indices: number, dY: number, rows: number, width: number) => void;
  readonly add: (a: number, b: number, y: number, count: number) => void;
  readonly addColumnSums: (x: number, sums: number, rows: number, width: number) => void;
  readonly sumOfSquares: (x: number, count: number) => number;
  readonly adamW: (values: number, gradients: number, firstMoments: number, secondMoments: number, count: number, learningRate: number, beta1: number, beta2: number, firstCorrection: number, secondCorrection: number, epsilon: number, decay: number, gradientScale: number) => void;
};

/** The kernels over a new memory of exactly `pages` × 64 KiB. It never grows, so views of it stay valid. */
export async function loadKernels(
  pages: number,
  build?: KernelBuild,
): Promise<{ readonly build: KernelBuild; readonly kernels: Kernels; readonly buffer: ArrayBuffer }> {
  const relaxed = await readBuild('relaxed');
  const chosen = build ?? (WebAssembly.validate(relaxed) ? 'relaxed' : 'plain');
  const binary = chosen === 'relaxed' ? relaxed : await readBuild('plain');
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const { instance } = await WebAssembly.instantiate(binary, { env: { memory } });
  return { build: chosen, kernels: instance.exports, buffer: memory.buffer };
}

function readBuild(build: KernelBuild): Promise<Uint8Array> {
  return readFile(new URL(`./kernels/build/${build}.wasm`, import.meta.url));
}

// TypeScript declares WebAssembly only together with the DOM. This is the part that is used here.
declare const WebAssembly: {
  readonly validate: (binary: Uint8Array) => boolean;
  readonly instantiate: (
    binary: Uint8Array,
    imports: { readonly env: { readonly memory: { readonly buffer: ArrayBuffer } } },
  ) => Promise<{ readonly instance: { readonly exports: Kernels } }>;
  readonly Memory: new (pages: {
    readonly initial: number;
    readonly maximum: number;
  }) => { readonly buffer: ArrayBuffer };
};
