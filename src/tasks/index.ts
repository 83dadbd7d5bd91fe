// tasks: verifiable problems with prompts, traces and verifiers.
export { evaluateExpression } from './expression.ts';
export { type HeldOutPrompt, heldOutPrompts } from './outside/held-out-prompts.ts';
export { isHonestAnswer } from './outside/honest-answer.ts';
export { type OutsideSample, outsideSample } from './outside/outside-sample.ts';
export {
  type SampleOptions,
  sampleTask,
  type TaskName,
  taskNames,
  taskVersions,
  taskVocabularyTexts,
} from './registry.ts';
export type { Language, Split, TaskSample, Verification } from './task.ts';
