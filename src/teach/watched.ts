// A few held-out problems that a stage completes again and again, so that a person can see how thinking changes.
import { join } from 'node:path';
import { type AnyTaskName, allTaskNames } from '../tasks/index.ts';
import { hasHalves, settingsOfHalf } from './halves.ts';
import { appendLine, rewindLines } from './json-lines.ts';
import type { RolloutGroup, RolloutJob } from './rollout.ts';
import type { GrpoStage } from './stages/grpo-stage.ts';
import type { SamplingOptions } from './stages/stage-kind.ts';
import type { StageContext } from './training.ts';

/** A completion of a watched problem, by the weights after so many steps. */
export type WatchedCompletion = {
  readonly stage: string;
  readonly step: number;
  readonly prompt: string;
  /** Thinking and answer as they were written. */
  readonly text: string;
  readonly tokens: number;
  /** Null where nothing could be checked. */
  readonly correct: boolean | null;
  /** False where the room was used up. */
  readonly stopped: boolean;
};

/** The file in a stage's directory, one line for each problem and step. */
export const watchedFile = 'watched.jsonl';

const problems = 3;
const completions = 2;
/** The problems do not follow a recipe's seed, so that runs can be compared. */
const seed = 20_250_122;
const tokenTag = 0x9c2;

/**
 * Completes the problems with the weights after `step` steps and writes the completions down.
 *
 * @throws TGL_DISK_FULL, TGL_WORKER_LOST
 */
export async function watchProblems(
  { pool, onWatched }: StageContext,
  stage: GrpoStage,
  { directory, tasks }: SamplingOptions,
  step: number,
): Promise<void> {
  const path = join(directory, watchedFile);
  rewindLines(path, step - 1);
  const groups = await pool.rollOut(allTaskNames.filter((task) => (stage.prompts[task] ?? 0) > 0).map(jobOf));
  for (const group of groups) appendLine(path, lineOf(step, group));
  const [shown] = groups;
  if (shown?.rollouts[0]) {
    const { text, tokens, correct, stopped } = shown.rollouts[0];
    const completion = { prompt: shown.prompt, text, tokens: tokens.length, correct, stopped };
    onWatched?.({ stage: stage.name, step, ...completion });
  }

  function jobOf(task: AnyTaskName): RolloutJob {
    const settings = tasks?.[task];
    return {
      problems: Array.from({ length: problems }, (_, index) => ({ task, index })),
      split: 'held-out',
      subset: { from: 0, below: 1 },
      tasks: { ...tasks, [task]: hasHalves(settings) ? settingsOfHalf(settings, 'solvable') : settings },
      samples: completions,
      maxTokens: stage.maxTokens,
      cutOff: stage.cutOff,
      seed,
      stream: [tokenTag, allTaskNames.indexOf(task)],
    };
  }
}

function lineOf(step: number, { task, prompt, rollouts }: RolloutGroup): unknown {
  const shown = rollouts.map(({ text, correct, stopped, tokens }) => ({
    text,
    correct,
    stopped,
    tokens: tokens.length,
  }));
  return { step, task, prompt, completions: shown };
}
