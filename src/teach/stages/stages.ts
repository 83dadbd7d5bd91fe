// All kinds of stage, in one table. A new kind is a file beside this one and a row here.
import { z } from 'zod';
import { type DistilStage, distilStage } from './distil-stage.ts';
import { type EvaluateStage, evaluateStage } from './evaluate-stage.ts';
import { type GrpoStage, grpoStage } from './grpo-stage.ts';
import { type QuantiseStage, quantiseStage } from './quantise-stage.ts';
import { type RejectStage, rejectStage } from './reject-stage.ts';
import { type SftStage, sftStage } from './sft-stage.ts';
import type { StageKind } from './stage-kind.ts';

/** A stage of a recipe. Every stage starts from the weights that the one before it has left. */
export type Stage = SftStage | RejectStage | GrpoStage | DistilStage | EvaluateStage | QuantiseStage;

type StageOf<Name extends Stage['stage']> = Extract<Stage, { readonly stage: Name }>;

const kinds: { readonly [Name in Stage['stage']]: StageKind<StageOf<Name>> } = {
  sft: sftStage,
  reject: rejectStage,
  grpo: grpoStage,
  distil: distilStage,
  evaluate: evaluateStage,
  quantise: quantiseStage,
};

/** The kind of a stage. */
export function kindOf<Given extends Stage>(stage: Given): StageKind<Given> {
  return kinds[stage.stage] as unknown as StageKind<Given>;
}

/** Checks a stage of any kind; unknown keys are refused. */
export const stageSchema: z.ZodType<Stage> = z.discriminatedUnion('stage', [
  kinds.sft.schema,
  kinds.reject.schema,
  kinds.grpo.schema,
  kinds.distil.schema,
  kinds.evaluate.schema,
  kinds.quantise.schema,
]);
