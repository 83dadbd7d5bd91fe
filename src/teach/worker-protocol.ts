// What the trainer and its workers say to each other. Parameters and gradients do not travel in messages: they lie in
// shared memory, one slot of gradients per lane, so that the sum is taken in lane order whoever computed a lane.
import type { ErrorCode, ErrorDetails } from '../base/index.ts';
import type { EvaluationJob, EvaluationRow } from './evaluation.ts';
import type { Recipe } from './recipe.ts';

export type WorkerSetup = {
  readonly recipe: Recipe;
  /** float32 [parameters] */
  readonly values: SharedArrayBuffer;
  /** float32 [lanes × parameters] */
  readonly laneGradients: SharedArrayBuffer;
};

export type WorkerRequest =
  | { readonly type: 'gradients'; readonly step: number; readonly lanes: readonly number[] }
  | { readonly type: 'evaluate'; readonly job: EvaluationJob };

export type WorkerReply =
  | { readonly type: 'gradients'; readonly losses: readonly number[]; readonly batch: BatchFacts }
  | { readonly type: 'evaluate'; readonly rows: readonly EvaluationRow[] }
  | { readonly type: 'failed'; readonly failure: WorkerFailure };

/** What every worker knows of a step's batch, whichever lanes it computed. */
export type BatchFacts = { readonly tokens: number; readonly digest: string };

export type WorkerFailure = {
  readonly code: ErrorCode | undefined;
  readonly details: ErrorDetails;
  readonly message: string;
};
