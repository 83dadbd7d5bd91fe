// How well two raters agree on yes or no: Cohen's kappa (1960), and the sensitivity and specificity of a judge against
// labels that are taken as true. Counts only; intervals are those of proportions.

/** `positive` is what the labels say is so; a judge's false negatives are positives that it did not see. */
export type Confusion = {
  readonly truePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
  readonly falsePositives: number;
};

/** Shares in [0, 1] and kappa in [-1, 1]; null where nothing of that kind was counted. */
export type Agreement = {
  readonly trials: number;
  readonly agreement: number | null;
  /** Agreement beyond that of raters who say yes as often as these do, and at random; null where they cannot differ. */
  readonly kappa: number | null;
  readonly sensitivity: number | null;
  readonly specificity: number | null;
};

/** Counts what a judge said against the labels. */
export function countConfusion(
  rulings: readonly { readonly labelled: boolean; readonly ruled: boolean }[],
): Confusion {
  const count = (labelled: boolean, ruled: boolean): number =>
    rulings.filter((ruling) => ruling.labelled === labelled && ruling.ruled === ruled).length;
  return {
    truePositives: count(true, true),
    falseNegatives: count(true, false),
    trueNegatives: count(false, false),
    falsePositives: count(false, true),
  };
}

/**
 * Agreement, kappa, sensitivity and specificity.
 *
 * @example
 * import { agreementOf } from './src/stats/index.ts';
 * const counts = { truePositives: 20, falseNegatives: 5, falsePositives: 10, trueNegatives: 15 };
 * agreementOf(counts).kappa?.toFixed(1); // → '0.4'
 */
export function agreementOf(counts: Confusion): Agreement {
  const { truePositives, falseNegatives, trueNegatives, falsePositives } = counts;
  const positives = truePositives + falseNegatives;
  const negatives = trueNegatives + falsePositives;
  const trials = positives + negatives;
  const ruledPositive = truePositives + falsePositives;
  // Times trials squared: chance agreement from the margins of both raters.
  const byChance = positives * ruledPositive + negatives * (trials - ruledPositive);
  const observed = (truePositives + trueNegatives) * trials;
  return {
    trials,
    agreement: share(truePositives + trueNegatives, trials),
    kappa: share(observed - byChance, trials ** 2 - byChance),
    sensitivity: share(truePositives, positives),
    specificity: share(trueNegatives, negatives),
  };
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
