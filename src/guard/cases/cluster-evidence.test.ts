import { expect, test } from 'vitest';
import { calibrateClasses } from '../calibration/calibration.ts';
import { emptyAccountWeek, observeState } from '../decision/account-week.ts';
import { findClusters } from '../linkage/find-clusters.ts';
import { hour, limits, population, thieves } from '../linkage/fixture.ts';
import { judgeCluster } from '../linkage/judge-cluster.ts';
import { shippedGuardScore } from '../score/guard-score.ts';
import { clusterEvidenceOf } from './cluster-evidence.ts';

test('names the members with what each asked, and edges between members alone', () => {
  const score = shippedGuardScore();
  const weeks = population.map(({ state, account }) => ({
    ...{ kind: account, sources: [account], looks: observeState(emptyAccountWeek(), state) },
  }));
  const calibration = calibrateClasses(score, new Map([['rag' as const, weeks]]), {
    ...{ made: '2026-11-30T00:00:00.000Z', rate: 0.02 },
    traffic: { source: 'log', weeks: weeks.length, digest: null },
  });
  const more = (place: number) => ({
    infrastructure: ['one'],
    span: [100 * hour + 1000 * place, 130 * hour] as const,
  });
  const accounts = [...population, ...thieves(24, 20, (prompt) => prompt, more)];
  const [cluster] = findClusters(accounts, limits);
  const judgement = judgeCluster(
    score,
    calibration,
    cluster!,
    cluster!.members.map(() => 'rag' as const),
  );
  const evidence = clusterEvidenceOf(cluster!, judgement, accounts);
  expect(evidence.members.map(({ account }) => account)).toEqual(
    Array.from({ length: 24 }, (_, place) => `thief ${place}`),
  );
  expect(evidence.members.every(({ requests, traceTokens }) => requests === 20 && traceTokens === 6000)).toBe(
    true,
  );
  expect(evidence.edges.length).toBeGreaterThanOrEqual(23);
  for (const { one, other } of evidence.edges)
    expect([one === other, Math.max(one, other) < 24]).toEqual([false, true]);
  expect(evidence.bound).toBe(Math.min(1, 1 / evidence.eValue));
});
