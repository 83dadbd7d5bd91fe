// The stage `sft`: cross-entropy on traces of the recipe's data.
import { z } from 'zod';
import { trainSft } from '../sft.ts';
import { trainingResult } from '../stage-result.ts';
import { batch, count, type TrainingFields, trainingFields } from './fields.ts';
import type { StageKind } from './stage-kind.ts';

export type SftStage = TrainingFields & {
  readonly stage: 'sft';
  readonly steps: number;
  /** Sequences per step. */
  readonly batch: number;
};

export const sftStage: StageKind<SftStage> = {
  schema: z.strictObject({ ...trainingFields, stage: z.literal('sft'), steps: count(10_000_000), batch }),
  imitatesData: () => true,
  async run({ recipe, tokenizer, context }, { stage, directory, start }) {
    const training = await trainSft(context, stage, { source: recipe, tokenizer, directory, start });
    return { result: trainingResult('sft', stage.name, directory, training), values: training.values };
  },
};
