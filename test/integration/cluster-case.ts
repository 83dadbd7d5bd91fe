// A case of several accounts of one thief, found and judged by the guard itself among honest ones.
import { calibrateClasses } from '../../src/guard/calibration/calibration.ts';
import { clusterEvidenceOf } from '../../src/guard/cases/cluster-evidence.ts';
import { evidenceOf } from '../../src/guard/cases/evidence.ts';
import { emptyAccountWeek, observeState, weekOf } from '../../src/guard/decision/account-week.ts';
import { findClusters } from '../../src/guard/linkage/find-clusters.ts';
import { hour, limits, population, thieves } from '../../src/guard/linkage/fixture.ts';
import { judgeCluster } from '../../src/guard/linkage/judge-cluster.ts';
import { shippedGuardScore } from '../../src/guard/score/guard-score.ts';
import { author, type OpenedStore } from '../../src/store/contract.ts';
import type { GuardCase } from '../../src/store/index.ts';
import type { AccountId, OrganisationId } from '../../src/traffic/index.ts';

type Owner = { readonly organisation: OrganisationId; readonly account: AccountId };

/** Two of its members are of another organisation. */
export async function openClusterCase(
  { store, clock }: OpenedStore,
  { organisation, account }: Owner,
  count = 24,
): Promise<GuardCase> {
  const score = shippedGuardScore();
  const weeks = population.map((one) => ({
    ...{ kind: one.account, sources: [one.account], looks: observeState(emptyAccountWeek(), one.state) },
  }));
  const calibration = calibrateClasses(score, new Map([['rag' as const, weeks]]), {
    ...{ made: new Date(clock.now()).toISOString(), rate: 0.02 },
    traffic: { source: 'log', weeks: weeks.length, digest: null },
  });
  const more = (place: number) => ({
    infrastructure: ['payment of one'],
    span: [100 * hour + 1000 * place, 130 * hour] as const,
  });
  const accounts = [...population, ...thieves(count, 20, (prompt) => prompt, more)].map(
    (one, place, all) => ({
      ...one,
      organisation:
        one.account.startsWith('thief') && place < all.length - 2 ? organisation : one.organisation,
    }),
  );
  const cluster = findClusters(accounts, limits)[0]!;
  const judgement = judgeCluster(
    score,
    calibration,
    cluster,
    cluster.members.map(() => 'rag' as const),
  );
  const own = judgement.own!;
  const week = weekOf(clock.now());
  const looks = observeState(emptyAccountWeek(), cluster.state);
  const judged = { score, calibration, judgement: own, week, state: cluster.state, looks };
  const evidence = { ...evidenceOf(judged), cluster: clusterEvidenceOf(cluster, judgement, accounts) };
  const found = await store.guard.openCase(
    {
      ...{ organisation, account, week, use_class: 'rag', level: 'measure', evidence },
      statistic: Math.ceil(1000 * own.statistic),
    },
    { ...author, reason: 'found by the guard' },
  );
  return found!;
}
