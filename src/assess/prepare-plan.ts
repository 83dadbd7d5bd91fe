// What is settled before an assessment by a policy begins: the judges with their records, the family of the model, the trials in
// the order in which they decide soonest, and what cannot be decided whatever the model does.
import { TiegelError } from '../base/index.ts';
import { type CriterionOutlook, outlookOf, soonestFirst } from './forecast/outlook.ts';
import type { DecisionBasis } from './plan/decide-plan.ts';
import { pilotTrials, unentitled } from './plan/pilot.ts';
import { basesOf, labelledReplies, registrationOf } from './plan/registration.ts';
import { registryOf } from './plan/registry.ts';
import { type AssessmentPlan, planAssessment, type Registry } from './plan/trial-plan.ts';
import { type JudgeLabels, labelsFor } from './policy/judge-labels.ts';
import type { Criterion } from './policy/policy.ts';
import type { AssessmentOptions } from './run/assess-options.ts';
import { type ModelJudges, modelJudges, type Tested, withJudges } from './run/judge-model.ts';
import type { PolicyBattery } from './terms/battery.ts';

export type PreparedPlan = {
  readonly registry: Registry;
  readonly family: string | undefined;
  readonly labels: readonly JudgeLabels[];
  /** The model that judges, which has to be started before its first ruling. */
  readonly ruling: ModelJudges | undefined;
  /** The trials that are made. */
  readonly plan: AssessmentPlan;
  readonly bases: readonly DecisionBasis[];
  /** In the order of the policy, as are the bases. */
  readonly outlook: readonly CriterionOutlook[];
  /** Names of criteria in the order in which they are tried. */
  readonly order: readonly string[];
};

export type PrepareOptions = Pick<AssessmentOptions, 'filters' | 'signal' | 'trials'> & {
  readonly battery: PolicyBattery;
  readonly tested: Tested;
};

/** Simulated assessments of a criterion, from which only the order of the criteria follows. */
const runsForOrder = 20;

/**
 * @param runs simulated assessments for each criterion and assumption
 * @throws TGL_LABELS_UNUSABLE, TGL_PILOT_NEEDLESS if a record entitles every judge, TGL_JUDGE_NOT_INDEPENDENT and what the engine of a judging model throws
 */
export async function preparePlan(
  { battery, tested, filters, signal, trials = {} }: PrepareOptions,
  runs: number = runsForOrder,
): Promise<PreparedPlan> {
  const { attacker, judge, labels: read = [], explore = false, pilot } = trials;
  const { policy, seed, checks } = battery;
  const ruling = judge && (await modelJudges(judge, tested, signal));
  const registry = withJudges(registryOf(battery, attacker !== undefined), ruling?.judges ?? []);
  const model = { subject: tested.subject, family: trials.family };
  const { family, labels } = labelsFor(read, model, registry.judges);
  const labelled = labelledReplies({ trials: [], labels });
  const whole = planAssessment(policy.criteria, registry, seed, { labelled });
  const basesFor = (plan: AssessmentPlan): readonly DecisionBasis[] =>
    basesOf(
      registrationOf({
        ...{ id: '', started: '', model: tested.model, subject: tested.subject, admissionKey: nobodys },
        ...{ battery, family, labels, filters, attacker, judge, registry, plan },
      }),
    );
  const outlook = outlookOf(basesFor(whole), whole.trials, checks, runs);
  const order = soonestFirst(outlook, (criterion) => costOf(criterion, registry));
  const unmeasured = unentitled(basesFor(whole));
  if (pilot !== undefined && unmeasured.length === 0)
    throw new TiegelError('TGL_PILOT_NEEDLESS', { model: tested.model });
  const drawn = pilot === undefined ? [] : pilotTrials(unmeasured, registry, seed, pilot);
  const untried = new Map(
    explore
      ? []
      : outlook.flatMap(({ criterion, obstacle, until }) => {
          if (pilot !== undefined && until !== null) return [[criterion.name, onlyPilot] as const];
          return obstacle === null ? [] : [[criterion.name, obstacle.problem] as const];
        }),
  );
  const plan = planAssessment(policy.criteria, registry, seed, {
    ...{ first: order, untried, labelled, pilot: drawn },
  });
  return { registry, family, labels, ruling, plan, bases: basesFor(plan), outlook, order };
}

const onlyPilot = 'only the pilot was made';

/** Nothing is signed or kept under it. */
const nobodys = '0'.repeat(64) as ReturnType<typeof registrationOf>['admissionKey'];

/**
 * Refuses an assessment that can only end undecided.
 *
 * @throws TGL_ASSESSMENT_UNDECIDABLE that names every such criterion and what would make it decidable
 */
export function requireDecidable(policy: string, model: string, outlook: readonly CriterionOutlook[]): void {
  const undecidable = outlook.flatMap(({ criterion, required, obstacle }) =>
    required && obstacle !== null ? [`${criterion.name}: ${obstacle.problem}. ${obstacle.remedy}`] : [],
  );
  if (undecidable.length > 0)
    throw new TiegelError('TGL_ASSESSMENT_UNDECIDABLE', { policy, model, criteria: undecidable.join('; ') });
}

/** Tokens of a reply that nothing limits, as far as the order of criteria depends on them. */
const usualReplyTokens = 400;

/** About what a trial costs, compared with those of other criteria. */
function costOf({ attacks, probe }: Criterion, registry: Registry): number {
  const questions = attacks.reduce((sum, name) => sum + (registry.attacks.get(name)?.questions ?? 1), 0);
  const limit = registry.probes.get(probe)?.items[0]?.asked?.maxTokens ?? usualReplyTokens;
  return (questions / attacks.length) * Math.min(limit, usualReplyTokens);
}
