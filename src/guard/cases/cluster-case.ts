// What a case of accounts that belong together says: what joins them, and what they ask, taken as one account.
import { sumOf } from '../account/account-state.ts';
import type { Calibration } from '../calibration/calibration.ts';
import { emptyAccountWeek, observeState, startOfWeek } from '../decision/account-week.ts';
import type { Judgement } from '../decision/judge.ts';
import type { Member } from '../linkage/clusters-in.ts';
import { novelTraceTokensOf } from '../linkage/find-clusters.ts';
import { judgeCluster } from '../linkage/judge-cluster.ts';
import type { GuardScore } from '../score/guard-score.ts';
import { isJudged, type JudgedClass } from '../use-class.ts';
import { type ClusterEvidence, clusterEvidenceOf, type FoundCluster, factsOf } from './cluster-evidence.ts';
import { type Evidence, evidenceOf } from './evidence.ts';

export type ClusterCase = {
  readonly useClass: JudgedClass;
  readonly level: 'ask' | 'measure';
  readonly eValue: number;
  readonly evidence: Evidence & { readonly cluster: ClusterEvidence };
};

const notKnown = [
  'whether the use was agreed on, and whether the accounts are the customers of one application: those look the same',
  'what was asked: prompts are not kept',
  'which payment or network the accounts share: servers do not see it',
  'use of kinds that the calibration did not see: they are promised nothing',
];

/** Of what was found and the calibration alone, so that whoever has both comes to the same. @throws TGL_GUARD_STATE_INVALID */
export function clusterCaseOf(
  found: FoundCluster,
  { score, calibration, week }: { score: GuardScore; calibration: Calibration; week: number },
): ClusterCase {
  const facts = factsOf(found);
  const { state, links } = facts;
  const judgement = judgeCluster(score, calibration, facts);
  const { level, eValue, own, measured } = judgement;
  const useClass = isJudged(found.useClass) ? found.useClass : 'undeclared';
  const novelTraceTokens = novelTraceTokensOf(state);
  const joined = clusterEvidenceOf(found, judgement, novelTraceTokens);
  const tests = links.map(({ test, accounts: count }) => `${test} (${count})`).join(', ');
  const count = measured.filter(Boolean).length;
  const verdict = `${measured.length} accounts belong together by ${tests}: honest ones are joined so with a probability of at most ${joined.bound.toPrecision(2)}. They were shown ${novelTraceTokens} tokens of reasoning for different prompts. ${count} of them have two reasons of different kinds; measures act on no others.`;
  const made = { rate: calibration.rate, score: calibration.score, calibrated: calibration.made };
  const requests = sumOf(state.sums, 'requests');
  const asOne =
    own === null
      ? { judgement: unjudged(useClass, requests), contributions: [], clearedBy: null, kinds: [] }
      : evidenceOf({
          ...{ score, calibration, judgement: finite(own), week, state },
          looks: observeState(emptyAccountWeek(), state),
        });
  return {
    ...{ useClass, eValue, level: level === 'measure' ? level : 'ask' },
    evidence: {
      ...{ weekBegan: new Date(startOfWeek(week)).toISOString(), ...made, ...asOne },
      ...{ verdict, requests, traceTokens: sumOf(state.sums, 'traceTokens'), notKnown, cluster: joined },
    },
  };
}

/** As JSON has it. */
function finite({ thresholds: { ask, measure }, ...judgement }: Judgement): Judgement {
  const never = Number.MAX_VALUE;
  return { ...judgement, thresholds: { ask: Math.min(ask, never), measure: Math.min(measure, never) } };
}

/** Where a class was not calibrated nothing is said of what they ask. */
function unjudged(useClass: JudgedClass, requests: number): Judgement {
  const never = Number.MAX_VALUE;
  return {
    ...{ useClass, level: 'none', statistic: 0, requests, p: 1, honestWeeks: 0 },
    thresholds: { ask: never, measure: never },
  };
}

/** Of the evidence of any case: none where it is of one account. */
export function membersIn(evidence: unknown): readonly (Member & { readonly measured?: boolean })[] {
  return (evidence as Partial<Evidence> | undefined)?.cluster?.members ?? [];
}

/** Those of them on which measures act. */
export function measuredIn(evidence: unknown): readonly Member[] {
  return membersIn(evidence).filter(({ measured }) => measured === true);
}
