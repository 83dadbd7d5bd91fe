// engine: runs a model. One interface, several runtimes, one contract suite.
export { requireLoadable } from './capabilities.ts';
export {
  type Constraint,
  type Effort,
  type Embedding,
  type EndReason,
  type Engine,
  type EngineCapabilities,
  type EngineEvent,
  type ForcedText,
  type GenerateInput,
  type GenerateRequest,
  type Rewording,
  type Sampling,
  samplingOptions,
  type TokenAlternative,
  type UnrenderedTurn,
} from './engine.ts';
export { createEnginePool, type EnginePool } from './engine-pool.ts';
export { type GpuSupport, gpuSupport, usefulPackages } from './llama/ffi/gpu-support.ts';
export {
  type InstalledLibraries,
  installedLibraries,
  type PlatformPackage,
} from './llama/ffi/library-files.ts';
export type { LayoutChoice } from './llama/layout/choose-layout.ts';
export { describeLayout } from './llama/layout/layout.ts';
export { createLlamaEngine, type LlamaEngine, llamaCapabilities } from './llama/llama-engine.ts';
export {
  evaluateLogits,
  llamaDoctor,
  llamaRuntimeBuild,
  runtimeBuildOf,
  tokenizeTexts,
} from './llama/llama-runtime.ts';
export type { RuntimeFacts } from './llama/protocol.ts';
export { createLlamaServerEngine, llamaServerCapabilities } from './llama-server/llama-server-engine.ts';
export { llamaServerBuild } from './llama-server/server-build.ts';
export { createPooledEngine } from './pooled-engine.ts';
export { askFoundryLocal, type LocalServiceModel } from './remote/foundry-local.ts';
export { createRemoteEngine, remoteRuntimeBuild } from './remote/remote-engine.ts';
export { serverKind, takesRenderedPrompts } from './remote/server-profile.ts';
export { statedContextLength } from './remote/stated-context-length.ts';
export { createScriptedEngine, type ScriptedEngineOptions } from './scripted/scripted-engine.ts';
export { smokeTest } from './smoke-test.ts';
export { type EngineSpeed, measureSpeed } from './speed/measure-speed.ts';
