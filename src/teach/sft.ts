// Supervised fine-tuning: plain cross-entropy on completions, from traces of the tasks or from what a verifier kept.
import type { Tokenizer } from '../formats/index.ts';
import {
  type Batch,
  type DataSource,
  digestOfBatch,
  packBatch,
  type TrainingSample,
  trainingSample,
} from './dataset.ts';
import { trainingFlops } from './flops.ts';
import type { GradientShard } from './gradient-shard.ts';
import { parameterCount } from './model-shape.ts';
import type { Optimiser } from './stages/fields.ts';
import type { SftStage } from './stages/sft-stage.ts';
import { type StageContext, type StageState, type Training, type TrainingPlan, train } from './training.ts';

export type ImitationPlan = {
  readonly name: string;
  readonly directory: string;
  readonly start: Float32Array;
  readonly optimiser: Optimiser;
  readonly lanes: number;
  readonly share: (state: StageState) => number;
  /** The samples of a step; steps count from 0. */
  readonly samplesAt: (step: number) => readonly TrainingSample[];
};

/**
 * Trains by cross-entropy on samples. The next batch is packed while the workers compute this one.
 *
 * @throws what `train` throws
 */
export function imitate(context: StageContext, plan: ImitationPlan): Promise<Training> {
  const parameters = parameterCount(context.shape);
  const make = (step: number) => ({ step, batch: packBatch(plan.samplesAt(step), plan.lanes) });
  let next: ReturnType<typeof make> | undefined;
  const step: TrainingPlan['step'] = async (index, gradients, optimiserStep) => {
    const { batch } = next?.step === index ? next : make(index);
    const pending = context.pool.gradientsOf(shardsOf(batch), gradients);
    next = make(index + 1);
    const results = await pending;
    optimiserStep();
    return {
      loss: results.reduce((sum, { loss }) => sum + loss, 0),
      tokens: batch.tokens,
      flops: trainingFlops(parameters, batch.tokens),
      digest: digestOfBatch(batch),
    };
  };
  return train(context, { ...plan, step });
}

/** Trains on traces of the recipe's data. @throws what `train` throws */
export function trainSft(
  context: StageContext,
  stage: SftStage,
  options: {
    readonly source: DataSource;
    readonly tokenizer: Tokenizer;
    readonly directory: string;
    readonly start: Float32Array;
  },
): Promise<Training> {
  const { source, tokenizer, directory, start } = options;
  return imitate(context, {
    ...stage,
    directory,
    start,
    share: ({ step }) => step / stage.steps,
    samplesAt: traces(source, tokenizer, stage.batch),
  });
}

/** Batches of the stream of samples, from sample `offset` on. */
export function traces(
  source: DataSource,
  tokenizer: Tokenizer,
  batch: number,
  offset = 0,
): (step: number) => readonly TrainingSample[] {
  return (step) =>
    Array.from({ length: batch }, (_, row) => trainingSample(source, tokenizer, offset + step * batch + row));
}

function shardsOf({ shards, completionTokens }: Batch): readonly GradientShard[] {
  return shards.map((paddedBatches) =>
    paddedBatches.map((paddedBatch) => ({ objective: 'imitate', paddedBatch, normaliser: completionTokens })),
  );
}
