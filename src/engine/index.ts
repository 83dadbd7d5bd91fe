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
  createScriptedEngine,
  type ScriptedEngineOptions,
  type ScriptedFailure,
} from './scripted/scripted-engine.ts';
