// tasks: verifiable problems with prompts, traces and verifiers.
export { evaluateExpression } from './expression.ts';
export { isHonestAnswer } from './outside/honest-answer.ts';
export {
  type SampleOptions,
  sampleTask,
  type TaskName,
  taskNames,
  taskVersions,
  taskVocabularyTexts,
} from './registry.ts';
export type { Language, Split, TaskSample, Verification } from './task.ts';
