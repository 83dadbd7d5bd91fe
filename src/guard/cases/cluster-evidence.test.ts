import { expect, test } from 'vitest';
import { calibrateClasses } from '../calibration/calibration.ts';
import { emptyAccountWeek, observeState } from '../decision/account-week.ts';
import { findClusters } from '../linkage/find-clusters.ts';
import { hour, limits, population, thieves } from '../linkage/fixture.ts';
import { shippedGuardScore } from '../score/guard-score.ts';
import { verifyCaseFile } from './case-file.ts';
import { clusterCaseOf } from './cluster-case.ts';
import { foundCluster } from './cluster-evidence.ts';

test('names the members with what each asked and what joins them, and is made again from what is in it', () => {
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
  const found = clusterCaseOf(foundCluster(cluster!, accounts), { score, calibration, week: 5 });
  const evidence = found.evidence.cluster;
  expect(evidence.members.map(({ account }) => account)).toEqual(
    Array.from({ length: 24 }, (_, place) => `thief ${place}`),
  );
  expect(evidence.members.every(({ requests, traceTokens }) => requests === 20 && traceTokens === 6000)).toBe(
    true,
  );
  expect(evidence.members.filter(({ measured }) => measured).length).toBeGreaterThanOrEqual(23);
  expect(evidence.edges.length).toBeGreaterThanOrEqual(23);
  for (const { one, other } of evidence.edges)
    expect([one === other, Math.max(one, other) < 24]).toEqual([false, true]);
  expect(evidence.bound).toBe(Math.min(1, 1 / evidence.eValue));

  // Whoever has the file and the calibration comes to the same, and to nothing else.
  const file = {
    ...{ version: 1, taken: '2026-11-30T00:00:00.000Z', evidence: found.evidence },
    case: {
      ...{ id: 'case', organisation: 'o', account: 'a', level: 'measure', state: 'open' },
      openedAt: '2026-11-30T00:00:00.000Z',
    },
    material: { week: 5, calibration },
  };
  const written = JSON.parse(JSON.stringify(file)) as typeof file;
  expect(verifyCaseFile(written).madeAgain).toBe(true);
  const changed = (cluster: object) => ({
    ...written,
    evidence: { ...written.evidence, cluster: { ...written.evidence.cluster, ...cluster } },
  });
  const { members } = written.evidence.cluster;
  for (const cluster of [
    { members: members.map((member) => ({ ...member, measured: !member.measured })) },
    {
      members: members.map((member) => ({
        ...member,
        joinedBy: [],
        parts: { text: null, circumstances: null },
      })),
    },
    { reasons: ['text'] },
    { eValue: 2 },
    { texts: [], measured: [] },
    { state: 'AAAA' },
    { members: 1 },
  ])
    expect(() => verifyCaseFile(changed(cluster))).toThrow(/not to be believed|TGL|state/);
});
