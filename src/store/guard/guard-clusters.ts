// Cases of accounts that belong together. A cluster has one case in each organisation that has some of its accounts; who is in it, and
// whether it is one that is known, stands in the evidence, which the guard alone reads.
import type { Transaction } from 'kysely';
import type { AccountId, OrganisationId } from '../../traffic/index.ts';
import type { Author } from '../audit/audit-entry.ts';
import { changeStore, type StoreContext } from '../audit/change-audited.ts';
import type { GuardCaseRow, Tables } from '../schema/tables.ts';
import { clusterCaseOf, type GuardCase } from './guard-case.ts';

export type NewCluster = Pick<GuardCase, 'week' | 'use_class' | 'level' | 'statistic' | 'evidence'> & {
  /** In each organisation the account that its case is named after. */
  readonly accounts: ReadonlyMap<OrganisationId, AccountId>;
};

/** What the guard says of the evidence of a cluster that is known. */
export type KnownCluster = {
  readonly isSame: (evidence: unknown) => boolean;
  /** Of one that a person has cleared, for the organisation of its case: whoever is found now was in it. */
  readonly isCovered: (evidence: unknown) => boolean;
};

export type OpenedCluster = {
  /** All cases that it has; none in an organisation in which a person has cleared it. */
  readonly cases: readonly GuardCase[];
  /** Those of them that were opened or raised. */
  readonly told: readonly GuardCase[];
};

export type ClusterRows = {
  /** A case of accounts that belong together, in whichever organisation. @throws TGL_GUARD_CASE_UNKNOWN, TGL_STORE_UNAVAILABLE */
  readonly clusterCaseOf: (id: string) => Promise<GuardCase>;
  /** Opens cases of a cluster, or brings the open ones of that week up to date. @throws TGL_STORE_UNAVAILABLE */
  readonly openCluster: (found: NewCluster, known: KnownCluster, author: Author) => Promise<OpenedCluster>;
  /** Closes what is open of its cases, in all organisations. @returns those @throws TGL_STORE_UNAVAILABLE */
  readonly clearCluster: (cluster: string, author: Author) => Promise<readonly GuardCase[]>;
};

export function clusterRows(context: StoreContext): ClusterRows {
  return {
    clusterCaseOf: (id) => clusterCaseOf(context.database.query, id),
    openCluster: (found, known, author) => openCluster(context, found, known, author),
    clearCluster: (cluster, author) => clearCluster(context, cluster, author),
  };
}

const levels: readonly string[] = ['ask', 'measure'];

function openCluster(
  context: StoreContext,
  { accounts, ...found }: NewCluster,
  known: KnownCluster,
  author: Author,
): Promise<OpenedCluster> {
  return changeStore(context, async ({ transaction, audit }) => {
    const rows = await clustersIn(transaction);
    // What one organisation has found in order says nothing to another, whose accounts the same group has a part of.
    const covered = new Set(
      rows
        .filter(({ state, evidence }) => state === 'cleared' && known.isCovered(JSON.parse(evidence)))
        .map(({ organisation }) => organisation),
    );
    const same = rows.filter(
      ({ state, week, evidence }) =>
        state === 'open' && week === found.week && known.isSame(JSON.parse(evidence)),
    );
    const cluster = same[0]?.cluster ?? `cluster_${Buffer.from(context.entropy(15)).toString('hex')}`;
    const own = same.filter((row) => row.cluster === cluster);
    const opening = [...accounts].filter(
      ([each]) => !covered.has(each) && own.every(({ organisation }) => organisation !== each),
    );
    const told: GuardCase[] = [];
    const cases: GuardCase[] = [];
    // What were several groups before is told as one by all of their cases.
    const places = [...accounts.keys()];
    const placeOf = ({ organisation }: GuardCaseRow): number =>
      places.indexOf(organisation as OrganisationId);
    for (const before of [
      ...same.toSorted((one, other) => placeOf(one) - placeOf(other)),
      ...opening.map(([organisation, account]) => ({ organisation, account })),
    ]) {
      const standing = 'id' in before ? before : undefined;
      const isHigher = standing === undefined || levels.indexOf(standing.level) < levels.indexOf(found.level);
      const row: GuardCaseRow = {
        ...{ cluster, opened_at: context.clock.now(), ...before },
        id: standing?.id ?? `case_${Buffer.from(context.entropy(15)).toString('hex')}`,
        ...{ week: found.week, use_class: found.use_class, statistic: found.statistic },
        ...{ level: isHigher ? found.level : standing.level, state: 'open', closed_at: null },
        evidence: JSON.stringify(found.evidence),
      };
      await transaction
        .insertInto('guard_case')
        .values(row)
        .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
        .execute();
      const opened: GuardCase = { ...row, evidence: found.evidence };
      cases.push(opened);
      if (!isHigher) continue;
      told.push(opened);
      const target = { type: 'guard_case', id: row.id };
      const chain = row.organisation as OrganisationId;
      const change = { chain, author, action: 'guard.case.opened', target } as const;
      const after = { account: row.account, cluster: row.cluster, level: row.level };
      await audit(change, { before: standing ? { level: standing.level } : null, after });
    }
    return { cases, told };
  });
}

function clearCluster(context: StoreContext, cluster: string, author: Author): Promise<readonly GuardCase[]> {
  return changeStore(context, async ({ transaction, audit }) => {
    const open = (await clustersIn(transaction)).filter(
      (row) => row.cluster === cluster && row.state === 'open',
    );
    const closed = { state: 'cleared', closed_at: context.clock.now() } as const;
    await transaction
      .updateTable('guard_case')
      .set(closed)
      .where('cluster', '=', cluster)
      .where('state', '=', 'open')
      .execute();
    for (const { id, organisation } of open) {
      const target = { type: 'guard_case', id };
      const chain = organisation as OrganisationId;
      const change = { chain, author, action: 'guard.case.cleared', target } as const;
      await audit(change, { before: { state: 'open' }, after: { state: closed.state } });
    }
    return open.map((row) => ({ ...row, ...closed, evidence: JSON.parse(row.evidence) as unknown }));
  });
}

function clustersIn(transaction: Transaction<Tables>): Promise<readonly GuardCaseRow[]> {
  return transaction
    .selectFrom('guard_case')
    .selectAll()
    .where('cluster', 'is not', null)
    .orderBy('opened_at')
    .orderBy('id')
    .execute();
}
