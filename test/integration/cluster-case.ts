// A case of several accounts of one thief, found and judged by the guard itself among honest ones.
import { calibrateClasses } from '../../src/guard/calibration/calibration.ts';
import { clusterCaseOf } from '../../src/guard/cases/cluster-case.ts';
import { foundCluster } from '../../src/guard/cases/cluster-evidence.ts';
import { emptyAccountWeek, observeState, weekOf } from '../../src/guard/decision/account-week.ts';
import { findClusters } from '../../src/guard/linkage/find-clusters.ts';
import { hour, limits, population, punctual, thieves } from '../../src/guard/linkage/fixture.ts';
import { shippedGuardScore } from '../../src/guard/score/guard-score.ts';
import { author, type OpenedStore } from '../../src/store/contract.ts';
import type { GuardCase } from '../../src/store/index.ts';
import type { AccountId, OrganisationId } from '../../src/traffic/index.ts';

type Owner = { readonly organisation: OrganisationId; readonly account: AccountId };

/** Two of its members are of another organisation, and one is joined by when it asked alone. */
export async function openClusterCase(
  { store, clock }: OpenedStore,
  { organisation, account }: Owner,
  count = 24,
  others: ReadonlyMap<OrganisationId, AccountId> = new Map(),
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
  const late = (place: number) => ({ span: more(count + place).span });
  const accounts = [
    ...population,
    ...thieves(count, 20, (prompt) => prompt, more).map((one, place) =>
      place < count - 2 ? { ...one, organisation } : one,
    ),
    ...punctual(1, 20, late).map((one) => ({ ...one, organisation })),
  ];
  const week = weekOf(clock.now());
  const cluster = foundCluster(findClusters(accounts, limits)[0]!, accounts);
  const { level, evidence, eValue } = clusterCaseOf(cluster, { score, calibration, week });
  const { cases } = await store.guard.openCluster(
    {
      ...{ week, use_class: 'rag', level, evidence, statistic: Math.ceil(1000 * eValue) },
      accounts: new Map([[organisation, account], ...others]),
    },
    { isSame: () => false, isCovered: () => false },
    { ...author, reason: 'found by the guard' },
  );
  return cases[0]!;
}
