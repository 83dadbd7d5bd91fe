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
import type { CriterionStanding } from './run-trials.ts';

/** What every assessment needs. */
export type AssessmentOptions = {
  readonly catalog: Catalog;
  readonly serving: ServingConfiguration;
  readonly battery: Battery;
  /** The content filters that `serving` names, in the same order. @default none */
  readonly filters?: readonly ContentFilter[];
  readonly clock: Clock;
  readonly entropy?: Entropy;
  readonly onProgress?: (progress: AssessProgress) => void;
  readonly signal?: AbortSignal;
  /** What only a policy needs. */
  readonly trials?: TrialOptions;
};

export type TrialOptions = {
  /** Whether to continue the newest interrupted assessment with the same registration. */
  readonly resume?: boolean;
  readonly limits?: BudgetLimits;
  /**
   * Whether to try what cannot be decided as well, and to go on behind a certain rejection: for labels and figures, not for a verdict.
   * @default false: what cannot be decided and is required is refused at the start
   */
  readonly explore?: boolean;
  /**
   * Make about so many replies first, for people to label, and decide nothing by them; nothing else is tried unless `explore` says so.
   * @default none
   */
  readonly pilot?: number;
  /** The family of the model under test, as judges name families. */
  readonly family?: string;
  /** A larger model that rules instead of the shipped judges where the policy says so. */
  readonly judge?: JudgeModel;
  /** What people said about rulings of the judges of this assessment. */
  readonly labels?: readonly ReadLabels[];
  /** The model that writes attacks. */
  readonly attacker?: AuxiliaryModel;
  /** Pause before a question is repeated. @default 1000 */
  readonly pauseMs?: number;
};

export type AssessOptions = AssessmentOptions & {
  readonly variant: Variant;
  /** The chat template for which the operator takes responsibility, if it is of no vetted family. */
  readonly allowedTemplate?: Digest;
  /** Starts the runtime on a verified file; only called once the file review has passed. */
  readonly startEngine: (weightsPath: string) => Promise<Engine>;
};

export type RemoteAssessOptions = AssessmentOptions & {
  readonly remote: RemoteModel;
  readonly startEngine: () => Promise<Engine>;
};

export type AssessProgress = {
  readonly probe: string;
  readonly done: number;
  readonly total: number;
  /** While the trials of a policy are made: how its criteria stand. */
  readonly standings?: readonly CriterionStanding[];
};
