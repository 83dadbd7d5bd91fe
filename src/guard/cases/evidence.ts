// Why a case was opened, for a person to judge: what the week had that honest ones have not, by how much each of it counts, and what
// would have to be otherwise for there to be no case. Numbers and names of features only.
import { featureNames } from '../account/account-features.ts';
import { type AccountState, sumOf } from '../account/account-state.ts';
import { type Calibration, medianOf, percentileOf } from '../calibration/calibration.ts';
import { type Look, startOfWeek } from '../decision/account-week.ts';
import { reachedBy } from '../decision/conformal.ts';
import type { Judgement } from '../decision/judge.ts';
import { contributionsOf } from '../score/additive-score.ts';
import type { GuardScore } from '../score/guard-score.ts';
import type { ClusterEvidence } from './cluster-evidence.ts';

export type Contribution = {
  readonly feature: (typeof featureNames)[number];
  readonly value: number;
  readonly honestMedian: number;
  /** How many of 100 honest weeks of the class have less of it. */
  readonly percentile: number;
  /** What it adds to the log odds, against an honest week in the middle. */
  readonly logOdds: number;
};

export type Evidence = {
  readonly verdict: string;
  readonly weekBegan: string;
  readonly judgement: Judgement;
  readonly rate: number;
  /** Digest of the score, and when the calibration was made. */
  readonly score: string;
  readonly calibrated: string;
  readonly requests: number;
  /** Tokens of reasoning that were given so far. */
  readonly traceTokens: number;
  /** The five that count most. */
  readonly contributions: readonly Contribution[];
  /** The fewest of them that, at the honest median in all looks, leave no case; null where all together do not. */
  readonly clearedBy: readonly string[] | null;
  readonly kinds: readonly string[];
  readonly notKnown: readonly string[];
  /** Of accounts that are taken for one. */
  readonly cluster?: ClusterEvidence;
};

export type Judged = {
  readonly score: GuardScore;
  readonly calibration: Calibration;
  readonly judgement: Judgement;
  readonly week: number;
  readonly state: AccountState;
  readonly looks: readonly Look[];
};

const notKnown = [
  'whether the use was agreed on: what is counted looks the same for synthetic data that somebody may make',
  'what was asked: prompts are not kept',
  'whether other accounts belong to whoever this one belongs to',
  'use of kinds that the calibration did not see: they are promised nothing',
];

export function evidenceOf(judged: Judged): Evidence {
  const { score, calibration, judgement, week, state, looks } = judged;
  const { useClass, statistic, requests, p, honestWeeks } = judgement;
  const { profile, kinds } = calibration.classes[useClass]!;
  const { features } = lookOf(judged);
  const medians = profile.map(medianOf);
  const usual = contributionsOf(score.classes[useClass], medians);
  const contributions = contributionsOf(score.classes[useClass], features)
    .map((part, index) => ({
      feature: featureNames[index]!,
      value: features[index]!,
      honestMedian: medians[index]!,
      percentile: percentileOf(profile[index]!, features[index]!),
      logOdds: part - usual[index]!,
    }))
    .sort((a, b) => b.logOdds - a.logOdds)
    .slice(0, 5);
  const share = `at most ${Math.ceil(p * 1e5) / 1000} % of honest weeks of calibrated kinds of ${useClass} reach as much`;
  return {
    verdict: `After ${requests} requests this week resembles harvesting: ${statistic.toFixed(2)} in units of honest weeks; ${share} (${honestWeeks} weeks seen).`,
    weekBegan: new Date(startOfWeek(week)).toISOString(),
    ...{ judgement, rate: calibration.rate, score: calibration.score, calibrated: calibration.made },
    requests: sumOf(state.sums, 'requests'),
    traceTokens: sumOf(state.sums, 'traceTokens'),
    ...{ contributions, clearedBy: counterfactual(judged, contributions, looks), kinds, notKnown },
  };
}

/** The look at which the statistic was reached. */
function lookOf({ score, calibration, judgement, looks }: Judged): Look {
  const { useClass, statistic } = judgement;
  const conformal = calibration.classes[useClass]!;
  const found = looks.find(
    (look) => reachedBy(score.classes[useClass], conformal, [look])?.statistic === statistic,
  );
  return found ?? looks[0]!;
}

function counterfactual(
  { score, calibration, judgement }: Judged,
  contributions: readonly Contribution[],
  looks: readonly Look[],
): readonly string[] | null {
  const { useClass, thresholds } = judgement;
  const conformal = calibration.classes[useClass]!;
  const places = contributions.map(({ feature }) => featureNames.indexOf(feature));
  for (let count = 1; count <= contributions.length; count++) {
    const changed = new Set(places.slice(0, count));
    const changedLooks = looks.map((look) => ({
      ...look,
      features: look.features.map((value, index) =>
        changed.has(index) ? medianOf(conformal.profile[index]!) : value,
      ),
    }));
    const reached = reachedBy(score.classes[useClass], conformal, changedLooks);
    if ((reached?.statistic ?? Number.NEGATIVE_INFINITY) <= thresholds.ask)
      return contributions.slice(0, count).map(({ feature }) => feature);
  }
  return null;
}
