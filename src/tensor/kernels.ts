// The WebAssembly side as TypeScript sees it: which build runs here, and the signatures of the kernels. Pointers are
// byte offsets into the one memory; strides, widths and counts are in floats. `kernels/` documents each function.
import { readFile } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';

/**
 * `plain` runs wherever 128-bit SIMD does; `relaxed` multiplies and adds in one instruction; `wide` does the same, bit by
 * bit, and is laid out for V8's pass that joins pairs of 128-bit operations into 256 bits.
 */
export type KernelBuild = 'wide' | 'relaxed' | 'plain';

// biome-ignore format: one kernel, one line
export type Kernels = {
  readonly heapBase: () => number;
  readonly gemmWorkspaceBytes: () => number;
  readonly gemm: (a: number, aStride: number, aTransposed: boolean, b: number, bStride: number, bTransposed: boolean, c: number, cStride: number, m: number, n: number, k: number, addend: number, addendStride: number, workspace: number) => void;
  readonly packedWeightBytes: (n: number, k: number) => number;
  readonly packWeight: (b: number, bStride: number, n: number, k: number, packed: number) => void;
  readonly gemmPacked: (a: number, aStride: number, packed: number, c: number, cStride: number, m: number, n: number, k: number, addend: number, addendStride: number, workspace: number) => void;
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
  readonly entropies: (logits: number, entropy: number, rows: number, vocabulary: number) => void;
  readonly chooseTokens: (logits: number, draws: number, temperature: number, tokens: number, logProbabilities: number, rows: number, vocabulary: number, spare: number) => void;
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
  const chosen = build ?? (await fastestBuild());
  const binary = await readBuild(chosen);
  const module = chosen === 'wide' ? compileWide(binary) : new WebAssembly.Module(binary);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return { build: chosen, kernels: exports, buffer: memory.buffer };
}

/** Of the processors that x64 names only those older than 2013 lack 256 bits; there `wide` is correct, but slow. */
async function fastestBuild(): Promise<KernelBuild> {
  if (!WebAssembly.validate(await readBuild('relaxed'))) return 'plain';
  // The pass is an experiment of V8: it is used in the version whose results the tests compare.
  return process.arch === 'x64' && process.versions.v8.startsWith('13.6.') ? 'wide' : 'relaxed';
}

/**
 * Compiles with V8's experimental 256-bit pass. Its flags are on only while this one module is compiled, all of it and at
 * once by the optimising compiler, so that no other module of the process meets the experiment.
 */
function compileWide(binary: Uint8Array): Module {
  setFlagsFromString('--experimental-wasm-revectorize');
  setFlagsFromString('--no-wasm-lazy-compilation');
  setFlagsFromString('--no-liftoff');
  try {
    return new WebAssembly.Module(binary);
  } finally {
    setFlagsFromString('--liftoff');
    setFlagsFromString('--wasm-lazy-compilation');
    setFlagsFromString('--no-experimental-wasm-revectorize');
  }
}

function readBuild(build: KernelBuild): Promise<Uint8Array> {
  return readFile(new URL(`./kernels/build/${build}.wasm`, import.meta.url));
}

// TypeScript declares WebAssembly only together with the DOM. This is the part that is used here.
type Module = { readonly kind?: 'module' };
type Memory = { readonly buffer: ArrayBuffer };
declare const WebAssembly: {
  readonly validate: (binary: Uint8Array) => boolean;
  readonly Module: new (binary: Uint8Array) => Module;
  readonly Instance: new (
    module: Module,
    imports: { readonly env: { readonly memory: Memory } },
  ) => { readonly exports: Kernels };
  readonly Memory: new (pages: { readonly initial: number; readonly maximum: number }) => Memory;
};
