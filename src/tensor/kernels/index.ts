// The kernels as one module over an imported memory. AssemblyScript; built by `npm run build:kernels` into three binaries,
// without relaxed SIMD, with it, and with it and wider tiles. All pointers are byte offsets, all matrices row-major f32.
export { adamW } from './adamw';
export { attentionBackward, attentionForward, attentionWorkspaceBytes } from './attention';
export { appendKeyValues, decodeAttention } from './decode';
export { add, addColumnSums, gatherRows, scatterRows, sumOfSquares } from './elementwise';
export { gemm, gemmPacked, gemmWorkspaceBytes, packedWeightBytes, packWeight } from './gemm';
export { entropies, lossBackward, lossForward } from './loss';
export { rmsNormBackward, rmsNormForward } from './normalise';
export { rope } from './rope';
export { chooseTokens } from './sample';
export { swigluBackward, swigluForward } from './swiglu';

/** First byte that is not the module's own constants. */
export function heapBase(): usize {
  return __heap_base;
}
