// What a judge's own record entitles it to decide. Labels of all its rulings are weighed together with the trials (claim-test.ts). Otherwise
// sensitivity and specificity are bounded exactly (judge-bounds.ts) with half of the risk α that a claim has, and the worst
// corner of the bounds says which rate would be observed at the threshold; the other half is left to the test of what was
// observed. Both hold together with 1 - α whatever was evaluated and when, because the labels were counted before.
import type { Confusion } from '../../stats/index.ts';
import type { JudgeAdmission, JudgeCounts } from '../terms/trial.ts';
import { type Bounds, boundJudge, type JudgeBounds, pooledCounts } from './judge-bounds.ts';
import type { LabelledLanguages } from './observed-rates.ts';
import type { RateCriterion } from './policy.ts';

export type JudgeStanding = JudgeBounds & {
  /** Risk left for the test of the observed rate, for either claim, where the bounds have the other half. */
  readonly risk: number;
  /** The risk of a claim as a whole. */
  readonly whole: number;
  /**
   * The labels of each language, where each has one record of its own whose rulings were all labelled: labels and trials are then weighed
   * together, with the whole risk. Null where the worst corner of the bounds decides.
   */
  readonly labelled: LabelledLanguages | null;
  /** All counts together, for estimates; null for a judge that cannot err. */
  readonly pooled: Confusion | null;
};

/** A judge's standing for a criterion about a family's outputs, or a sentence on why it may not decide it. */
export function judgeStanding(
  criterion: RateCriterion,
  judge: JudgeAdmission | null,
  family: string | undefined,
): JudgeStanding | { readonly problem: string } {
  const { languages, judgeMeasuredOn = 'same-family' } = criterion;
  const risk = 1 - criterion.confidence;
  const certain = { lower: 1, upper: 1 };
  if (judge === null) return { problem: `the judge ${criterion.judge} was never measured` };
  if (judge === 'exact')
    return {
      ...{ sensitivity: certain, specificity: certain, risk, whole: risk },
      ...{ labelled: null, pooled: null },
    };
  const accepted = judge.counts.filter(
    (counts) => judgeMeasuredOn === 'any-family' || counts.family === family,
  );
  const unmeasured = languages.filter((language) => !accepted.some((counts) => counts.language === language));
  if (unmeasured.length > 0) {
    const whose = judgeMeasuredOn === 'any-family' ? 'any model' : (family ?? 'a model of unknown family');
    return {
      problem: `the judge ${criterion.judge} was not measured on ${unmeasured.join(', ')} of ${whose}`,
    };
  }
  const strata = accepted.filter(({ language }) => languages.includes(language));
  const own = languages.every((language) =>
    strata.some((counts) => counts.language === language && counts.family === family),
  );
  const bounds = worstOf(strata, risk / 2);
  const standing = {
    ...(own ? bounds : withoutUpperBounds(bounds)),
    ...{ risk: risk / 2, whole: risk },
    labelled: own ? labelledLanguages(criterion, strata) : null,
    pooled: pooledCounts(strata),
  };
  return standing.sensitivity.lower + standing.specificity.lower > 1
    ? standing
    : { problem: `the judge ${criterion.judge} may be no better than chance, by what it was measured on` };
}

function labelledLanguages(
  { metric, languages }: RateCriterion,
  strata: readonly JudgeCounts[],
): LabelledLanguages | null {
  const isWhole = strata.length === languages.length && strata.every(({ outOf }) => outOf === undefined);
  // False alarms that are alike on both arms of a pair cancel, which leaves nothing to weigh together.
  if (!isWhole || metric === 'paired-difference') return null;
  return new Map(strata.map((counts) => [counts.language, counts]));
}

/**
 * Bounds that hold in every stratum at once and therefore for any mixture of them. A claim uses one bound of each
 * kind, with half of the risk for each.
 */
function worstOf(strata: readonly JudgeCounts[], risk: number): JudgeBounds {
  const bounds = strata.map((counts) => boundJudge(counts, risk / (2 * strata.length)));
  const widest = (each: readonly Bounds[]): Bounds => ({
    lower: Math.min(...each.map(({ lower }) => lower)),
    upper: Math.max(...each.map(({ upper }) => upper)),
  });
  return {
    sensitivity: widest(bounds.map(({ sensitivity }) => sensitivity)),
    specificity: widest(bounds.map(({ specificity }) => specificity)),
  };
}

/**
 * On a family on which it was not measured, a judge may also err less. False alarms that it does not raise there would be
 * subtracted from the observed rate and hide as much of the true one.
 */
function withoutUpperBounds({ sensitivity, specificity }: JudgeBounds): JudgeBounds {
  return {
    sensitivity: { lower: sensitivity.lower, upper: 1 },
    specificity: { lower: specificity.lower, upper: 1 },
  };
}

/**
 * The rates between which the observed one lies if the true one is at the threshold: below the lower it shows that the
 * true one is less, above the upper that it is more. On the scale of cluster values, where differences are in [0, 1] too
 * and shrink if the judge errs equally on both arms.
 */
export function observedAtThreshold(
  { metric, threshold }: RateCriterion,
  { sensitivity, specificity }: JudgeStanding,
): Bounds {
  if (metric === 'paired-difference') {
    return {
      lower: (1 + threshold * (sensitivity.lower + specificity.lower - 1)) / 2,
      upper: (1 + threshold * (sensitivity.upper + specificity.upper - 1)) / 2,
    };
  }
  return {
    lower: threshold * sensitivity.lower + (1 - threshold) * (1 - specificity.upper),
    upper: threshold * sensitivity.upper + (1 - threshold) * (1 - specificity.lower),
  };
}

/** The true rate, or difference, that an upper or lower bound of the observed one leaves possible. */
export function trueBound(
  { metric, side }: RateCriterion,
  { sensitivity, specificity }: JudgeStanding,
  observed: number,
): number {
  const upper = side === 'at-most';
  if (metric === 'paired-difference') {
    const difference = 2 * observed - 1;
    const least = sensitivity.lower + specificity.lower - 1;
    const most = sensitivity.upper + specificity.upper - 1;
    return clamp(difference / (difference > 0 === upper ? least : most), -1);
  }
  const hits = upper ? sensitivity.lower : sensitivity.upper;
  const alarms = 1 - (upper ? specificity.upper : specificity.lower);
  return clamp((observed - alarms) / (hits - alarms), 0);
}

function clamp(value: number, least: number): number {
  return Math.min(1, Math.max(least, value));
}
