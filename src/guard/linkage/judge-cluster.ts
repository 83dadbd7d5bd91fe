// What a cluster comes to. That its accounts belong together is a reason to ask; for a measure a second reason of another kind is
// needed, since many customers of one application look as one thief's accounts do: what they ask, taken as one account, or what they
// share besides what they ask. It is needed for each account: one that a single kind of tests joins is in the case and is not measured.
import { lookUp } from '../../base/index.ts';
import type { AccountState } from '../account/account-state.ts';
import type { Calibration } from '../calibration/calibration.ts';
import { emptyAccountWeek, type Look, observeState } from '../decision/account-week.ts';
import { type Judgement, judge, type Level } from '../decision/judge.ts';
import type { GuardScore } from '../score/guard-score.ts';
import { isJudged, type UseClass } from '../use-class.ts';
import { type Cluster, type Joined, type Link, novelTraceTokensOf } from './find-clusters.ts';
import { fewestNeighbours } from './limits.ts';
import { kindOfTest, type LinkageTest, type LinkKind } from './linked-account.ts';

export type ClusterJudgement = {
  readonly level: Level;
  /** Of all its requests as those of one account; null where its class is not judged. */
  readonly own: Judgement | null;
  /** The mean of those of the five tests and of the own one, however they depend on each other. */
  readonly eValue: number;
  /** Kinds of reasons, of which a measure needs two for each account. */
  readonly reasons: readonly Reason[];
  /** Of each member, whether measures act on it. */
  readonly measured: readonly boolean[];
  /** What would leave no case: fewer accounts by each of these tests than its limit. */
  readonly clearedBy: readonly LinkageTest[];
};

export type Reason = LinkKind | 'use';

/** What a judgement rests on. */
export type JudgedFacts = Pick<Cluster, 'joined' | 'links' | 'useClass' | 'state' | 'texts'>;

/** Tokens of reasoning shown to different prompts, of all accounts together, below which a cluster is left alone. */
const leastNovelTraceTokens = 20_000;

export function judgeCluster(
  score: GuardScore,
  calibration: Pick<Calibration, 'classes' | 'rate'>,
  { joined, links, useClass, state, texts }: JudgedFacts,
): ClusterJudgement {
  const judged = (facts: { readonly useClass: UseClass; readonly state: AccountState }): Judgement | null =>
    judge(score, calibration, facts.useClass, lookAt(facts.state, calibration, facts.useClass));
  const own = judged({ useClass, state });
  const harvesting = texts.filter((part) => {
    const judgement = judged(part);
    return judgement !== null && judgement.statistic > judgement.thresholds.measure;
  });
  const isJudgedAtAll = isJudged(useClass) && novelTraceTokensOf(state) >= leastNovelTraceTokens;
  const measured = isJudgedAtAll
    ? measuredAmong(joined, new Set(harvesting.map(({ part }) => part)))
    : joined.map(() => false);
  return {
    level: !isJudgedAtAll ? 'none' : measured.includes(true) ? 'measure' : 'ask',
    ...{ own, measured, eValue: eValueOf(links, own, calibration.rate) },
    reasons: [
      ...new Set<Reason>([
        ...links.map(({ test }) => kindOfTest[test]),
        ...(harvesting.length > 0 ? (['use'] as const) : []),
      ]),
    ],
    clearedBy: links.map(({ test }) => test),
  };
}

/**
 * Those that ask alike where either what they ask, taken as one account, is harvesting, or enough of them are joined to each other by their
 * circumstances as well. What joins an account to others than those it asks alike with is no second reason.
 *
 * @param harvesting parts of those that ask alike, by their first places
 */
function measuredAmong(joined: readonly Joined[], harvesting: ReadonlySet<number>): readonly boolean[] {
  const bothOf = ({ parts: { text, circumstances } }: Joined): string | null =>
    text === null || circumstances === null ? null : `${text} ${circumstances}`;
  const joinedByBoth = Map.groupBy(joined, bothOf);
  return joined.map((member) => {
    const { text } = member.parts;
    if (text === null) return false;
    const both = bothOf(member);
    const others = both === null ? 0 : joinedByBoth.get(both)!.length - 1;
    return harvesting.has(text) || others > fewestNeighbours;
  });
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
