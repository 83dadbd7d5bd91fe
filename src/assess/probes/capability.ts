// Probe capability: held-out problems of every task, asked as the model will be served and checked by the tasks' own
// verifiers. A task passes when the exact one-sided lower bound of its accuracy reaches the floor, so that luck does
// not. It stops early only where that cannot change the verdict: after too many misses for the rest to make up for.

import { forEachConcurrently } from '../../base/index.ts';
import { collect, converse, servedTurn } from '../../reasoning/index.ts';
import { exactLowerBound } from '../../stats/index.ts';
import { heldOutProblems, type TaskName, type TaskSample, taskVersions } from '../../tasks/index.ts';
import type { CapabilitySettings } from '../terms/battery.ts';
import type { ProbeContext, ProbeOutcome } from '../terms/probe.ts';
import { boxedInstruction, finalAnswer } from './final-answer.ts';
import { samplingSeedAt } from './sampling-seed.ts';

type TaskFigures = {
  readonly correct: number;
  readonly trials: number;
  /** One-sided lower bound of the accuracy over all problems, counting those that were no longer asked as wrong. */
  readonly lowerBound: number;
  readonly floor: number;
  readonly verifier: string;
};

export async function measureCapability(
  settings: CapabilitySettings,
  context: ProbeContext,
): Promise<ProbeOutcome> {
  const floors = Object.entries(settings.floors) as [TaskName, number][];
  const meaningless = floors.find(([, floor]) => !(floor > 0 && floor < 1));
  if (meaningless !== undefined)
    throw new TypeError(`the floor ${meaningless[1]} of ${meaningless[0]} decides nothing`);
  const total = floors.length * settings.problemsPerTask;
  const figures: Record<string, TaskFigures> = {};
  let trials = 0;
  for (const [task, floor] of floors) {
    const before = trials;
    const report = (done: number): void => context.report(before + done, total);
    const measured = await measureTask(task, floor, settings, { ...context, report });
    figures[task] = measured;
    trials += measured.trials;
    if (measured.trials === 0)
      return { verdict: 'inconclusive', reason: `no problems of ${task}`, trials: 0, figures };
    // All tasks are required, so the first failure decides.
    if (measured.lowerBound < floor) {
      return { verdict: 'fail', reason: reasonOfFailure(task, measured), trials, figures };
    }
  }
  return { verdict: 'pass', reason: Object.entries(figures).map(describe).join('; '), trials, figures };
}

async function measureTask(
  task: TaskName,
  floor: number,
  settings: CapabilitySettings,
  context: ProbeContext,
): Promise<TaskFigures> {
  const problems = heldOutProblems(task, settings.seed, settings.problemsPerTask);
  const required = requiredSuccesses(floor, problems.length, settings.confidence);
  let correct = 0;
  let trials = 0;
  await forEachConcurrently(problems, context.engine.capabilities.slots, async (sample, index) => {
    const decided = trials - correct > problems.length - required;
    if (decided) return;
    const solved = await solves(sample, samplingSeedAt(settings, index), settings.answers ?? 'bare', context);
    trials++;
    if (solved) correct++;
    context.report(trials, problems.length);
  });
  const lowerBound =
    problems.length === 0 ? 0 : exactLowerBound(correct, problems.length, settings.confidence);
  return { correct, trials, lowerBound, floor, verifier: taskVersions[task] };
}

/** The fewest successes whose lower bound reaches the floor; one more than there are trials if no number does. */
function requiredSuccesses(floor: number, trials: number, confidence: number): number {
  let required = 0;
  while (required <= trials && trials > 0 && exactLowerBound(required, trials, confidence) < floor)
    required++;
  return required;
}

async function solves(
  sample: TaskSample,
  seed: number,
  answers: 'bare' | 'free',
  context: ProbeContext,
): Promise<boolean> {
  const { engine, record, signal } = context;
  const question = answers === 'free' ? `${sample.prompt}\n${boxedInstruction}` : sample.prompt;
  const messages = [{ role: 'user', content: question }] as const;
  const asked = servedTurn(context, { messages, sampling: { seed } });
  const turn = await collect(converse(engine, asked, signal));
  const { correct, reason } = sample.verify(answers === 'free' ? finalAnswer(turn.answer) : turn.answer);
  record({
    type: 'capability',
    task: sample.task,
    problem: sample.canonical,
    prompt: question,
    seed,
    reasoning: turn.reasoning,
    answer: turn.answer,
    finish: turn.finish,
    completionTokens: turn.usage.completionTokens,
    correct,
    reason,
  });
  return correct;
}

function describe([task, { correct, trials, lowerBound, floor }]: [string, TaskFigures]): string {
  return `${task} ${correct} of ${trials} (at least ${percent(lowerBound)}, floor ${percent(floor)})`;
}

function reasonOfFailure(task: TaskName, figures: TaskFigures): string {
  return (
    `${describe([task, figures])}: this does not show the ability that the battery asks for. ` +
    'It measures the tasks taught by Tiegel only; a model that never learned them fails whatever else it can do'
  );
}

function percent(rate: number): string {
  return `${(100 * rate).toFixed(1)} %`;
}
