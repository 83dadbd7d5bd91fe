// What a kind of stage is: how its part of a recipe is checked, what has to hold before anything is computed, and how it
// runs. One file per kind implements it; `stages.ts` lists them.

import type { Tokenizer } from '../../formats/index.ts';
import type { Subset } from '../../tasks/index.ts';
import { promptedSubset } from '../dataset.ts';
import type { OpenedTeacher } from '../distil/local-teacher.ts';
import type { EvaluationRow } from '../evaluation.ts';
import type { Recipe } from '../recipe.ts';
import type { StageResult } from '../stage-result.ts';
import type { StageContext } from '../training.ts';
import type { StageSchema, TasksSettings } from './fields.ts';

/** What all stages of one run share. */
export type Run = {
  readonly recipe: Recipe;
  /** Directory of the run. */
  readonly directory: string;
  readonly tokenizer: Tokenizer;
  /** The token that ends a completion. */
  readonly stopToken: number;
  readonly context: StageContext;
  /** The model from which `distil` stages learn, if its weights are on this machine. */
  readonly teacher: OpenedTeacher | undefined;
  /** Refuses to ask a teacher on another machine. */
  readonly offline: boolean;
  /** The key in a variable that a recipe names. */
  readonly keyIn: (variable: string) => string | undefined;
  /** Rows of the weights that this process has evaluated already. */
  readonly evaluated: WeakMap<Float32Array, readonly EvaluationRow[]>;
  /** Called after each job of an evaluation of the arm `of`. */
  readonly onEvaluation: ((of: string, done: number, total: number) => void) | undefined;
};

/** One stage and what it starts from. */
export type StageInput<Stage> = {
  readonly stage: Stage;
  /** Index of the stage in the recipe. */
  readonly stageIndex: number;
  /** The stage's own directory, which exists. */
  readonly directory: string;
  /** float32 [parameters]: the weights that the stage before has left. */
  readonly start: Float32Array;
};

/** The result to be recorded, and the weights for the next stage: float32 [parameters]. */
export type StageOutput = { readonly result: StageResult; readonly values: Float32Array };

export type StageKind<Stage> = {
  readonly schema: StageSchema<Stage>;
  /** Whether the stage imitates samples of the recipe's data, so that their lengths are checked before the run. */
  readonly imitatesData: (stage: Stage) => boolean;
  /** Refuses a stage that may not or cannot run, before anything is computed. */
  readonly check?: (stage: Stage) => Promise<void>;
  /** Runs the stage, or continues it from what its directory holds. */
  readonly run: (run: Run, input: StageInput<Stage>) => Promise<StageOutput>;
};

/** The start of a stage that samples completions of training problems. */
export type SamplingOptions = {
  /** The stage's own directory. */
  readonly directory: string;
  /** float32 [parameters] */
  readonly start: Float32Array;
  readonly seed: number;
  /** The part of the training problems that is prompted. */
  readonly subset: Subset;
  readonly tasks?: TasksSettings | undefined;
  /** Identifies the draw of problems; see `rolloutJobs`. */
  readonly stageIndex: number;
  readonly stopToken: number;
};

/** The sampling options of a stage of a run. */
export function samplingOptions(run: Run, input: Omit<StageInput<unknown>, 'stage'>): SamplingOptions {
  const { directory, start, stageIndex } = input;
  const { recipe, stopToken } = run;
  const subset = promptedSubset(recipe.data);
  return { directory, start, seed: recipe.seed, subset, tasks: recipe.data.tasks, stageIndex, stopToken };
}
