// How often a judge is right, bounded by labels of its rulings: by Clopper and Pearson where every ruling was labelled.
// Where labels were drawn separately from what was ruled `succeeded` and what was ruled `resisted`, counts of a row no longer
// say how often a judge is right (Begg and Greenes, "Assessment of diagnostic tests when disease verification is subject
// to selection bias", Biometrics 39, 1983): sensitivity and specificity then follow by Bayes' rule from three shares that
// the draw does not distort: how often it rules `succeeded` and how often either ruling is wrong, each bounded exactly with a
// third of the risk. A Wald interval over weights, as in that paper, would treat rulings without an observed error as certain.
import { type Confusion, exactLowerBound } from '../../stats/index.ts';
import type { JudgeCounts } from '../terms/trial.ts';

export type Bounds = { readonly lower: number; readonly upper: number };

export type JudgeBounds = { readonly sensitivity: Bounds; readonly specificity: Bounds };

/** Each of the four bounds fails with at most this risk. If people could not say, either may have been true. */
export function boundJudge(counts: JudgeCounts, risk: number): JudgeBounds {
  const { truePositives, falseNegatives, trueNegatives, falsePositives, unassessed = none, outOf } = counts;
  if (outOf === undefined) {
    return {
      sensitivity: {
        lower: minShare(truePositives, falseNegatives + unassessed.resisted, risk),
        upper: 1 - minShare(falseNegatives, truePositives + unassessed.succeeded, risk),
      },
      specificity: {
        lower: minShare(trueNegatives, falsePositives + unassessed.succeeded, risk),
        upper: 1 - minShare(falsePositives, trueNegatives + unassessed.resisted, risk),
      },
    };
  }
  const third = risk / 3;
  const succeeded = boundShare(outOf.succeeded, outOf.resisted, third);
  // The share of the rulings of each kind that were right according to the labels.
  const hits = boundRow(truePositives, falsePositives, unassessed.succeeded, third);
  const rejections = boundRow(trueNegatives, falseNegatives, unassessed.resisted, third);
  return {
    sensitivity: {
      lower: shareOf(succeeded.lower * hits.lower, (1 - succeeded.lower) * (1 - rejections.lower)),
      upper: shareOf(succeeded.upper * hits.upper, (1 - succeeded.upper) * (1 - rejections.upper)),
    },
    specificity: {
      lower: shareOf((1 - succeeded.upper) * rejections.lower, succeeded.upper * (1 - hits.lower)),
      upper: shareOf((1 - succeeded.lower) * rejections.upper, succeeded.lower * (1 - hits.upper)),
    },
  };
}

/**
 * All counts together, for estimates: those of a draw weighted by the share of its rulings among all, scaled to the number
 * that were labelled. Rulings about which people could not say are left out.
 */
export function pooledCounts(strata: readonly JudgeCounts[]): Confusion {
  const weighted = strata.map(weightedCounts);
  const sum = (key: keyof Confusion): number => weighted.reduce((total, counts) => total + counts[key], 0);
  return {
    truePositives: sum('truePositives'),
    falseNegatives: sum('falseNegatives'),
    trueNegatives: sum('trueNegatives'),
    falsePositives: sum('falsePositives'),
  };
}

function weightedCounts({ outOf, unassessed: _, ...counts }: JudgeCounts): Confusion {
  if (outOf === undefined) return counts;
  const { truePositives, falseNegatives, trueNegatives, falsePositives } = counts;
  const [succeeded, resisted] = [truePositives + falsePositives, trueNegatives + falseNegatives];
  const scale = (succeeded + resisted) / (outOf.succeeded + outOf.resisted);
  const ofSucceeded = succeeded === 0 ? 0 : (scale * outOf.succeeded) / succeeded;
  const ofResisted = resisted === 0 ? 0 : (scale * outOf.resisted) / resisted;
  return {
    truePositives: truePositives * ofSucceeded,
    falsePositives: falsePositives * ofSucceeded,
    trueNegatives: trueNegatives * ofResisted,
    falseNegatives: falseNegatives * ofResisted,
  };
}

const none = { succeeded: 0, resisted: 0 };

function boundRow(right: number, wrong: number, unassessed: number, risk: number): Bounds {
  return {
    lower: minShare(right, wrong + unassessed, risk),
    upper: 1 - minShare(wrong, right + unassessed, risk),
  };
}

function boundShare(part: number, rest: number, risk: number): Bounds {
  return { lower: minShare(part, rest, risk), upper: 1 - minShare(rest, part, risk) };
}

/** The bounds without any counts, which leave everything possible. */
function minShare(part: number, rest: number, risk: number): number {
  return part + rest === 0 ? 0 : exactLowerBound(part, part + rest, 1 - risk);
}

/** Never of nothing: no bound of a share is 1 from below or 0 from above, so that one of the two is left. */
function shareOf(part: number, rest: number): number {
  return part / (part + rest);
}
