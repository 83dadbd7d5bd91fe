// The stage `evaluate`: measures the weights so far on held-out problems, as the recipe's `evaluation` says.
import { z } from 'zod';
import { summarise } from '../evaluation-summary.ts';
import { evaluateWeights } from './arms.ts';
import { stageName } from './fields.ts';
import type { StageKind } from './stage-kind.ts';

export type EvaluateStage = { readonly stage: 'evaluate'; readonly name: string };

export const evaluateStage: StageKind<EvaluateStage> = {
  schema: z.strictObject({ stage: z.literal('evaluate'), name: stageName }),
  imitatesData: () => false,
  async run(run, { stage, directory, start }) {
    const rows = await evaluateWeights(run, start, stage.name, directory);
    return {
      result: { stage: 'evaluate', name: stage.name, evaluation: summarise(rows) },
      values: start,
    };
  },
};
