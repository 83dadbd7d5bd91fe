// What a cluster comes to. That its accounts belong together is a reason to ask; for a measure a second reason of another kind is
// needed, since many customers of one application look as one thief's accounts do: what they ask, taken as one account, or what they
// share besides what they ask.
import { lookUp } from '../../base/index.ts';
import type { AccountState } from '../account/account-state.ts';
import type { Calibration } from '../calibration/calibration.ts';
import { emptyAccountWeek, type Look, observeState } from '../decision/account-week.ts';
import { type Judgement, judge, type Level } from '../decision/judge.ts';
import type { GuardScore } from '../score/guard-score.ts';
import { isJudged, type UseClass } from '../use-class.ts';
import type { Cluster, Link } from './find-clusters.ts';
import type { LinkageTest } from './linked-account.ts';

export type ClusterJudgement = {
  readonly level: Level;
  /** What most of its accounts declared. */
  readonly useClass: UseClass;
  /** Of all its requests as those of one account; null where its class is not judged. */
  readonly own: Judgement | null;
  /** The mean of those of the five tests and of the own one, however they depend on each other. */
  readonly eValue: number;
  /** Kinds of reasons, of which a measure needs two. */
  readonly reasons: readonly Reason[];
  /** What would leave no case: fewer accounts by each of these tests than its limit. */
  readonly clearedBy: readonly LinkageTest[];
};

export type Reason = 'text' | 'use' | 'circumstances';

const reasonOf: Readonly<Record<LinkageTest, Reason>> = {
  wrapper: 'text',
  distribution: 'text',
  coverage: 'text',
  schedule: 'circumstances',
  infrastructure: 'circumstances',
};

/** Tokens of reasoning shown to different prompts, of all accounts together, below which a cluster is left alone. */
const leastNovelTraceTokens = 20_000;

/** @param classes what each of its accounts declared */
export function judgeCluster(
  score: GuardScore,
  calibration: Pick<Calibration, 'classes' | 'rate'>,
  { links, state, novelTraceTokens }: Omit<Cluster, 'members'>,
  classes: readonly UseClass[],
): ClusterJudgement {
  const useClass = mostFrequent(classes);
  const own = judge(score, calibration, useClass, lookAt(state, calibration, useClass));
  const measuresAlone = own !== null && own.statistic > own.thresholds.measure;
  const reasons = new Set<Reason>([
    ...links.map(({ test }) => reasonOf[test]),
    ...(measuresAlone ? (['use'] as const) : []),
  ]);
  const level =
    novelTraceTokens < leastNovelTraceTokens || !isJudged(useClass)
      ? 'none'
      : reasons.size > 1
        ? 'measure'
        : 'ask';
  return {
    ...{ level, useClass, own, eValue: eValueOf(links, own, calibration.rate) },
    reasons: [...reasons],
    clearedBy: links.map(({ test }) => test),
  };
}

/** The last look that honest weeks had: what a thousand requests have in common is not compared with what ten have. */
function lookAt(
  state: AccountState,
  { classes }: Pick<Calibration, 'classes'>,
  useClass: UseClass,
): readonly Look[] {
  const known = isJudged(useClass) ? classes[useClass]?.looks : undefined;
  const looks = observeState(emptyAccountWeek(), state);
  return looks.filter(({ requests }) => known && lookUp(known, `whole ${requests}`) !== undefined).slice(-1);
}

const tests = 6;

function eValueOf(links: readonly Link[], own: Judgement | null, rate: number): number {
  const ofOwn = own !== null && own.level !== 'none' ? 1 / rate : 0;
  return links.reduce((sum, { eValue }) => sum + eValue, ofOwn) / tests;
}

function mostFrequent(classes: readonly UseClass[]): UseClass {
  const counts = [...Map.groupBy(classes, (useClass) => useClass)].map(
    ([useClass, all]) => [useClass, all.length] as const,
  );
  return counts.reduce((most, each) => (each[1] > most[1] ? each : most))[0];
}
