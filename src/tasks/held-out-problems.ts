// Held-out problems of one task, all different: repetitions would count as trials without being any.
import { type AnyTaskName, sampleTask } from './registry.ts';
import type { TaskSample, TaskSettings } from './task.ts';

/** Gives up after this many draws per requested problem. */
const maxDraws = 20;

/** The first `count` distinct problems of the held-out side; fewer if the task has no more. */
export function heldOutProblems(
  task: AnyTaskName,
  seed: number,
  count: number,
  settings: TaskSettings = {},
): readonly TaskSample[] {
  const problems = new Map<string, TaskSample>();
  for (let index = 0; problems.size < count && index < count * maxDraws; index++) {
    const sample = sampleTask(task, seed, index, { ...settings, split: 'held-out' });
    if (!problems.has(sample.canonical)) problems.set(sample.canonical, sample);
  }
  return [...problems.values()];
}
