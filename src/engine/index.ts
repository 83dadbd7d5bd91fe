// engine: runs a model. One interface, several runtimes, one contract suite.
export type {
  Engine,
  EngineCapabilities,
  EngineEvent,
  EngineState,
  GenerateRequest,
  Sampling,
} from './engine.ts';
export {
  createLlamaEngine,
  type LlamaEngine,
  type LlamaEngineOptions,
} from './llama/llama-engine.ts';
export { evaluateLogits, llamaDoctor, llamaRuntimeBuild } from './llama/llama-runtime.ts';
export type { RuntimeFacts } from './llama/protocol.ts';
export type { EngineLogger, LlamaLimits } from './llama/supervisor.ts';
export {
  createScriptedEngine,
  type ScriptedEngineOptions,
  type ScriptedFailure,
} from './scripted/scripted-engine.ts';
