// engine: runs a model. One interface, several runtimes, one contract suite.
export type {
  Constraint,
  Engine,
  EngineCapabilities,
  EngineEvent,
  ForcedText,
  GenerateRequest,
  Sampling,
  TokenAlternative,
} from './engine.ts';
export { createLlamaEngine } from './llama/llama-engine.ts';
export { evaluateLogits, llamaDoctor, llamaRuntimeBuild } from './llama/llama-runtime.ts';
export type { RuntimeFacts } from './llama/protocol.ts';
export { createScriptedEngine, type ScriptedEngineOptions } from './scripted/scripted-engine.ts';
