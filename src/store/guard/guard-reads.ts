// What is read of the guard for one organisation at a time, a page or a sum of it, so that nobody waits for a list that has grown long.
import type { AccountId, OrganisationId } from '../../traffic/index.ts';
import type { StoreContext } from '../audit/change-audited.ts';
import {
  type CaseState,
  caseFrom,
  caseOf,
  clusterCaseOf,
  type GuardCase,
  type GuardWeek,
} from './guard-case.ts';

export type CasePage = {
  /** @default both */
  readonly state?: CaseState | undefined;
  /** The case before the first. */
  readonly after?: string | undefined;
  /** One case of each group of accounts in other organisations as well, for whoever operates the server. @default false */
  readonly allClusters?: boolean | undefined;
  readonly limit: number;
};

export type GuardReads = {
  /** Those that exceed the higher threshold first, then by their statistic, the largest first. @throws TGL_GUARD_CASE_UNKNOWN */
  readonly casesBySuspicion: (organisation: OrganisationId, page: CasePage) => Promise<readonly GuardCase[]>;
  readonly countOpenCases: (organisation: OrganisationId) => Promise<number>;
  /** What its accounts declared, and when. */
  readonly usesOf: (
    organisation: OrganisationId,
  ) => Promise<ReadonlyMap<string, { readonly useClass: string; readonly declaredAt: number }>>;
  /** By account, of one week. */
  readonly requestsIn: (organisation: OrganisationId, week: number) => Promise<ReadonlyMap<string, number>>;
  /** Limits of the organisation, those that have ended as well, whose identifiers begin with one of the prefixes. */
  readonly limitIds: (
    organisation: OrganisationId,
    prefixes: readonly string[],
  ) => Promise<readonly string[]>;
  /** Undefined once it was removed. */
  readonly weekOf: (
    organisation: OrganisationId,
    account: AccountId,
    week: number,
  ) => Promise<GuardWeek | undefined>;
};

/** Of one case, each begun or ended once. */
const mostLimits = 500;

export function guardReads({ database: { query } }: Pick<StoreContext, 'database'>): GuardReads {
  return {
    casesBySuspicion: (organisation, page) => casesBySuspicion(query, organisation, page),
    countOpenCases: async (organisation) => {
      const { count } = await query
        .selectFrom('guard_case')
        .select((row) => row.fn.countAll().as('count'))
        .where('organisation', '=', organisation)
        .where('state', '=', 'open')
        .executeTakeFirstOrThrow();
      return Number(count);
    },
    usesOf: async (organisation) => {
      const rows = await query
        .selectFrom('guard_use')
        .selectAll()
        .where('organisation', '=', organisation)
        .execute();
      return new Map(
        rows.map(({ account, use_class: useClass, declared_at: declaredAt }) => [
          account,
          { useClass, declaredAt },
        ]),
      );
    },
    requestsIn: async (organisation, week) => {
      const rows = await query
        .selectFrom('guard_week')
        .select(['account', 'requests'])
        .where('organisation', '=', organisation)
        .where('week', '=', week)
        .execute();
      return new Map(rows.map(({ account, requests }) => [account, requests]));
    },
    limitIds: async (organisation, prefixes) => {
      const rows = await query
        .selectFrom('usage_limit')
        .select('id')
        .where('organisation', '=', organisation)
        .where(({ or, and, eb }) =>
          or(prefixes.map((prefix) => and([eb('id', '>=', prefix), eb('id', '<', `${prefix}~`)]))),
        )
        .limit(mostLimits)
        .execute();
      return rows.map(({ id }) => id);
    },
    weekOf: (organisation, account, week) =>
      query
        .selectFrom('guard_week')
        .select(['organisation', 'account', 'week', 'requests', 'state'])
        .where('organisation', '=', organisation)
        .where('account', '=', account)
        .where('week', '=', week)
        .executeTakeFirst(),
  };
}

async function casesBySuspicion(
  query: StoreContext['database']['query'],
  organisation: OrganisationId,
  { state, after, limit, allClusters = false }: CasePage,
): Promise<readonly GuardCase[]> {
  let asked = query
    .selectFrom('guard_case')
    .selectAll()
    .where(({ or, eb }) =>
      or([
        eb('organisation', '=', organisation),
        ...(allClusters ? [eb('id', 'in', clustersElsewhere(query, organisation, state))] : []),
      ]),
    )
    // Of the two words the later one in the alphabet is the higher level.
    .orderBy('level', 'desc')
    .orderBy('statistic', 'desc')
    .orderBy('id')
    .limit(limit);
  if (state !== undefined) asked = asked.where('state', '=', state);
  if (after !== undefined) {
    const { level, statistic, id } = await (allClusters
      ? caseOf(query, organisation, after).catch(() => clusterCaseOf(query, after))
      : caseOf(query, organisation, after));
    asked = asked.where(({ and, or, eb }) =>
      or([
        eb('level', '<', level),
        and([eb('level', '=', level), eb('statistic', '<', statistic)]),
        and([eb('level', '=', level), eb('statistic', '=', statistic), eb('id', '>', id)]),
      ]),
    );
  }
  return (await asked.execute()).map(caseFrom);
}

/** Of each group of accounts that an organisation has no part of, one case of those in the state. */
function clustersElsewhere(
  query: StoreContext['database']['query'],
  organisation: OrganisationId,
  state: CaseState | undefined,
) {
  const own = query
    .selectFrom('guard_case')
    .select('cluster')
    .where('organisation', '=', organisation)
    .where('cluster', 'is not', null);
  const elsewhere = query
    .selectFrom('guard_case')
    .select((row) => row.fn.min('id').as('id'))
    .where('cluster', 'is not', null)
    .where('cluster', 'not in', own)
    .groupBy('cluster');
  return state === undefined ? elsewhere : elsewhere.where('state', '=', state);
}
