// tensor: WebAssembly kernels, a tape over about ten fused operations, and AdamW, on one linear memory.
export { type AdamWOptions, adamW } from './adamw.ts';
export type { KernelBuild } from './kernels.ts';
export { add } from './operations/add.ts';
export { causalAttention, type HeadLayout, type SequenceLayout } from './operations/attention.ts';
export { type ChosenTokens, chooseTokens } from './operations/choose-tokens.ts';
export {
  appendKeyValues,
  type CacheEntries,
  copyKeyValues,
  createKeyValueCache,
  decodeAttention,
  type KeyValueCache,
} from './operations/decode-attention.ts';
export { divergenceLoss } from './operations/divergence-loss.ts';
export { embedding } from './operations/embedding.ts';
export { linear } from './operations/linear.ts';
export { type LogProbabilityLoss, logProbabilityLoss } from './operations/log-probability-loss.ts';
export { packWeight } from './operations/pack-weight.ts';
export { rmsNorm } from './operations/rms-norm.ts';
export { createRopeTable, type RopeTable, rope } from './operations/rope.ts';
export { swiglu } from './operations/swiglu.ts';
export { entropies, scalarOf, tokenLogProbabilities } from './operations/token-log-probabilities.ts';
export {
  createParameters,
  gradientNorm,
  joinParameters,
  type ParameterShape,
  type Parameters,
  zeroGradients,
} from './parameters.ts';
export { createTensorRuntime, type Region, type TensorRuntime } from './runtime.ts';
export { createTape, type Tape } from './tape.ts';
export type { Parameter, Tensor } from './tensor.ts';
