// tasks: verifiable problems with prompts, traces and verifiers.
export { answerChecks } from './answer-check.ts';
export { assertsFalsely } from './assertions.ts';
export { heldOutProblems } from './held-out-problems.ts';
export { heldOutPrompts } from './outside/held-out-prompts.ts';
export { isHonestAnswer, type OutsideScope } from './outside/honest-answer.ts';
export { outsideSample } from './outside/outside-sample.ts';
export {
  type AnyTaskName,
  allTaskNames,
  checkTaskSettings,
  type FurtherTaskName,
  furtherTaskNames,
  sampleTask,
  type TaskName,
  taskNames,
  taskVersions,
  taskVocabularyTexts,
  type WordSource,
} from './registry.ts';
export type {
  DemonstrationStyle,
  Language,
  Split,
  Subset,
  TaskSample,
  TaskSettings,
  TraceFacts,
} from './task.ts';
