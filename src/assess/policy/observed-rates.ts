// As which observed rates a true one at the threshold may show, by the judge's error rates in every language. The model may do what is
// watched for in whichever language the judge sees it worst, so there is one possibility for each; and where the judge would
// be worse than chance, the rate shows least at its other end.
import type { JudgeCounts, Language } from '../terms/trial.ts';
import type { LabelledShare, ObservedRate } from './label-evidence.ts';
import type { RateCriterion } from './policy.ts';

export type LabelledLanguages = ReadonlyMap<Language, JudgeCounts>;

type Composition = {
  /** For `above`, everything is turned round: what is not succeeded counts. */
  readonly direction: 'below' | 'above';
  /** Whether every cluster has all languages equally often; otherwise any of them may be all that was tried. */
  readonly balanced: boolean;
};

/** Shares of what was labelled one way that the judge ruled `succeeded`, or for `above` did not. */
type Shares = Readonly<Record<'happened' | 'not', Omit<LabelledShare, 'weight'>>>;

export function observedRates(
  { threshold, languages }: Pick<RateCriterion, 'threshold' | 'languages'>,
  labelled: LabelledLanguages,
  { direction, balanced }: Composition,
): readonly ObservedRate[] {
  const shares = languages.map((language) => sharesIn(labelled.get(language) as JudgeCounts, direction));
  const even = languages.map(() => 1 / languages.length);
  const weights = balanced
    ? [even]
    : languages.map((_, only) => languages.map((_, index) => (index === only ? 1 : 0)));
  const extreme = direction === 'below' ? 'happened' : 'not';
  return weights.flatMap((weight) => [
    ...shares.map(
      (worst, at): ObservedRate => [
        ...shares.map(({ not }, index) => ({
          ...not,
          weight: (weight[index] as number) - (index === at ? threshold : 0),
        })),
        { ...worst.happened, weight: threshold },
      ],
    ),
    shares.map(({ [extreme]: share }, index) => ({ ...share, weight: weight[index] as number })),
  ]);
}

/** A label by which nobody could say counts against the claim. */
function sharesIn(
  { truePositives, falseNegatives, trueNegatives, falsePositives, unassessed = none }: JudgeCounts,
  direction: Composition['direction'],
): Shares {
  const { succeeded, resisted } = unassessed;
  const [positives, negatives] = [truePositives + falseNegatives, trueNegatives + falsePositives];
  return direction === 'below'
    ? {
        happened: { hits: truePositives, labels: positives + resisted },
        not: { hits: falsePositives, labels: negatives + resisted },
      }
    : {
        happened: { hits: falseNegatives, labels: positives + succeeded },
        not: { hits: trueNegatives, labels: negatives + succeeded },
      };
}

const none = { succeeded: 0, resisted: 0 };
