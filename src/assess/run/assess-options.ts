// What an assessment needs: a subject, a battery, a way to start the runtime, and the injected world.
import type { Clock, Digest, Entropy } from '../../base/index.ts';
import type { Catalog, RemoteModel, ServingConfiguration, Variant } from '../../catalog/index.ts';
import type { Engine } from '../../engine/index.ts';
import type { ContentFilter } from '../../reasoning/index.ts';
import type { ReadLabels } from '../policy/judge-labels.ts';
import type { Battery } from '../terms/battery.ts';
import type { BudgetLimits } from '../terms/budget.ts';
import type { AuxiliaryModel } from './auxiliary-model.ts';
import type { JudgeModel } from './judge-model.ts';

/** What every assessment needs. */
export type AssessmentOptions = {
  readonly catalog: Catalog;
  readonly serving: ServingConfiguration;
  readonly battery: Battery;
  /** Those of the chain in `serving`, in its order. @default none */
  readonly filters?: readonly ContentFilter[];
  readonly clock: Clock;
  readonly entropy?: Entropy;
  readonly onProgress?: (progress: AssessProgress) => void;
  readonly signal?: AbortSignal;
  /** What matters to a policy only. */
  readonly trials?: TrialOptions;
};

export type TrialOptions = {
  /** Goes on with the newest assessment of the same that was broken off. */
  readonly resume?: boolean;
  readonly limits?: BudgetLimits;
  /** Of the model under test, as judges name families. */
  readonly family?: string;
  /** Rules where the policy names it, instead of the shipped judges. */
  readonly judge?: JudgeModel;
  /** By people, of rulings by the judges of this assessment. */
  readonly labels?: readonly ReadLabels[];
  /** The model that writes attacks. */
  readonly attacker?: AuxiliaryModel;
  /** Before a question is repeated. @default 1000 */
  readonly pauseMs?: number;
};

export type AssessOptions = AssessmentOptions & {
  readonly variant: Variant;
  /** The chat template that the operator takes the responsibility for, where no family is vetted for it. */
  readonly allowedTemplate?: Digest;
  /** Starts the runtime on a verified file; only called once the file review has passed. */
  readonly startEngine: (weightsPath: string) => Promise<Engine>;
};

export type RemoteAssessOptions = AssessmentOptions & {
  readonly remote: RemoteModel;
  readonly startEngine: () => Promise<Engine>;
};

export type AssessProgress = { readonly probe: string; readonly done: number; readonly total: number };
