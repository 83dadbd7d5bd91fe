// The stage `reject`: rejection sampling (STaR, Zelikman et al. 2022). Samples once, keeps the completions that the
// verifier accepts, then SFT on them.
import { z } from 'zod';
import { sampleAndImitate } from '../reject.ts';
import { rejectionResult } from '../stage-result.ts';
import {
  count,
  type KeepingFields,
  keepingFields,
  type SamplingFields,
  samplingFields,
  type TrainingFields,
  trainingFields,
} from './fields.ts';
import { type StageKind, samplingOptions } from './stage-kind.ts';

export type RejectStage = TrainingFields &
  SamplingFields &
  KeepingFields & {
    readonly stage: 'reject';
    readonly problems: number;
  };

export const rejectStage: StageKind<RejectStage> = {
  schema: z.strictObject({
    ...trainingFields,
    ...samplingFields,
    stage: z.literal('reject'),
    problems: count(1_000_000),
    ...keepingFields,
  }),
  imitatesData: () => false,
  async run(run, input) {
    const { stage, directory } = input;
    const rejection = await sampleAndImitate(run.context, {
      ...stage,
      ...samplingOptions(run, input),
      until: { problems: stage.problems },
    });
    return {
      result: rejectionResult('reject', stage.name, directory, rejection),
      values: rejection.training.values,
    };
  },
};
