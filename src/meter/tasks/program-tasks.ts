// The program's own tasks as tasks to be metered with: a strategy is selected on problems of the side that models were taught on,
// and reported on problems that none was.
import { heldOutProblems, sampleTask, type TaskName, type TaskSample } from '../../tasks/index.ts';
import { idOf, type MeterTask, type TaskSet } from './own-tasks.ts';

const seeds = { selection: 81, report: 82 } as const;

/** Problems beyond which a task is taken to have no more. */
const maxDraws = 20;

export function programTasks(
  task: TaskName,
  counts: Readonly<Record<TaskSet, number>>,
  checkers: readonly string[],
): readonly MeterTask[] {
  const checker = checkers.includes(task) ? task : null;
  const asTask = (set: TaskSet) => (sample: TaskSample) => ({
    ...{ id: idOf(sample.prompt), question: sample.prompt, set, checker },
    isRight: (answer: string) => sample.verify(answer.trim()).correct,
    votesBy: { type: 'text' } as const,
  });
  return [
    ...trainingProblems(task, counts.selection).map(asTask('selection')),
    ...heldOutProblems(task, seeds.report, counts.report).map(asTask('report')),
  ];
}

function trainingProblems(task: TaskName, count: number): readonly TaskSample[] {
  const problems = new Map<string, TaskSample>();
  for (let index = 0; problems.size < count && index < count * maxDraws; index++) {
    const sample = sampleTask(task, seeds.selection, index, { split: 'train' });
    if (!problems.has(sample.canonical)) problems.set(sample.canonical, sample);
  }
  return [...problems.values()];
}
