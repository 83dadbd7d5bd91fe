// The messages between the trainer and its workers. Parameters and gradients are not in messages: they are in
// shared memory, one slot of gradients per shard, so that the sum is taken in shard order whoever computed a shard.
import type { ErrorCode, ErrorDetails } from '../base/index.ts';
import type { WordSource } from '../tasks/index.ts';
import type { EvaluationJob, EvaluationRow } from './evaluation.ts';
import type { GradientShard, ShardResult } from './gradient-shard.ts';
import type { ModelShape } from './model.ts';
import type { RolloutGroup, RolloutJob } from './rollout.ts';

export type WorkerSetup = {
  readonly shape: ModelShape;
  /** What the vocabulary is made for. */
  readonly words: WordSource;
  /** float32 [parameters] */
  readonly values: SharedArrayBuffer;
  /** float32 [parameters]: the frozen weights of a KL term */
  readonly reference: SharedArrayBuffer;
  /** A model to learn from, which never changes. */
  readonly teacher: TeacherSetup | undefined;
  /** float32 [shards × parameters] */
  readonly shardGradients: SharedArrayBuffer;
};

/** `values`: float32 [parameters of its shape] */
export type TeacherSetup = { readonly shape: ModelShape; readonly values: SharedArrayBuffer };

export type WorkerRequest =
  | {
      readonly type: 'gradients';
      readonly shards: readonly { readonly slot: number; readonly shard: GradientShard }[];
      /** Whether the shards have a KL term. */
      readonly withReference: boolean;
    }
  | { readonly type: 'roll-out'; readonly job: RolloutJob }
  | { readonly type: 'evaluate'; readonly job: EvaluationJob };

export type WorkerReply =
  | { readonly type: 'gradients'; readonly results: readonly ShardResult[] }
  | { readonly type: 'roll-out'; readonly groups: readonly RolloutGroup[] }
  | { readonly type: 'evaluate'; readonly rows: readonly EvaluationRow[] }
  | { readonly type: 'failed'; readonly failure: WorkerFailure };

export type WorkerFailure = {
  readonly code: ErrorCode | undefined;
  readonly details: ErrorDetails;
  readonly message: string;
};
