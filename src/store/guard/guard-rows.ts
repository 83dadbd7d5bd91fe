// What the guard keeps: states of accounts by week, uses that accounts declared, calibrations, and cases. States are bytes that the
// guard alone reads; a batch of observations is counted once, however often a node has to send it.
import { sql, type Transaction } from 'kysely';
import type { AccountId, OrganisationId } from '../../traffic/index.ts';
import type { Author } from '../audit/audit-entry.ts';
import { changeAudited, changeStore, type StoreContext } from '../audit/change-audited.ts';
import { getAccount } from '../repositories/accounts.ts';
import type { GuardCaseRow, Tables } from '../schema/tables.ts';
import {
  type CaseState,
  caseFrom,
  caseOf,
  type GuardCase,
  type GuardWeek,
  type GuardWeekKey,
} from './guard-case.ts';
import { type ClusterRows, clusterRows } from './guard-clusters.ts';
import { type GuardReads, guardReads } from './guard-reads.ts';

export type NewCase = Pick<GuardCase, 'week' | 'use_class' | 'level' | 'evidence' | 'statistic'> & {
  readonly organisation: OrganisationId;
  readonly account: AccountId;
};

export type Merge<Given> = (
  known: Uint8Array | undefined,
  given: Given,
) => Pick<GuardWeek, 'requests' | 'state'>;

export type GuardRows = GuardReads &
  ClusterRows & {
    /**
     * Adds what a node observed; a batch whose number is not above the last one of its node was added before, and changes nothing.
     *
     * @returns the weeks as they are then, none where the batch was counted already
     * @throws TGL_STORE_UNAVAILABLE
     */
    readonly addBatch: <Given extends GuardWeekKey>(
      batch: { readonly node: string; readonly number: number; readonly observations: readonly Given[] },
      merge: Merge<Given>,
    ) => Promise<readonly GuardWeek[]>;
    /** All weeks from one on, the oldest first, read some at a time. */
    readonly weeksFrom: (week: number) => AsyncGenerator<GuardWeek>;
    /** How much of a week was observed of the accounts of an organisation. */
    readonly observedIn: (
      organisation: OrganisationId,
      week: number,
    ) => Promise<{ readonly accounts: number; readonly requests: number }>;
    readonly removeBefore: (week: number) => Promise<void>;
    readonly declareUse: (
      organisation: OrganisationId,
      account: AccountId,
      useClass: string,
      author: Author,
    ) => Promise<void>;
    /** By organisation and account, with a blank between them. */
    readonly declaredUses: () => Promise<ReadonlyMap<string, string>>;
    /**
     * The text of the newest calibration, if it came after that version.
     *
     * @param after @default 0 @param upTo leaves out newer ones
     */
    readonly calibration: (
      after?: number,
      upTo?: number,
    ) => Promise<{ readonly version: number; readonly envelope: string } | undefined>;
    readonly addCalibration: (envelope: string, author: Author) => Promise<number>;
    /** Opens a case, or raises the open one of that account and week; undefined where it stood as high already. */
    readonly openCase: (opened: NewCase, author: Author) => Promise<GuardCase | undefined>;
    readonly cases: (organisation?: OrganisationId) => Promise<readonly GuardCase[]>;
    /** By organisation, account and class, with blanks between them: the highest statistic that a person has found in order. */
    readonly clearedUses: () => Promise<ReadonlyMap<string, number>>;
    /** @throws TGL_GUARD_CASE_UNKNOWN */
    readonly caseOf: (organisation: OrganisationId, id: string) => Promise<GuardCase>;
    /** Closes a case; what the account does up to what it was opened for opens none any more. @throws TGL_GUARD_CASE_UNKNOWN */
    readonly clearCase: (organisation: OrganisationId, id: string, author: Author) => Promise<GuardCase>;
    /**
     * Takes it back that a case was cleared.
     *
     * @throws TGL_GUARD_CASE_UNKNOWN; TGL_STORE_CONFLICT where another one of its account and week is open
     */
    readonly reopenCase: (organisation: OrganisationId, id: string, author: Author) => Promise<GuardCase>;
  };

const weeksPerRead = 500;
const mostCases = 5000;

export function createGuardRows(context: StoreContext): GuardRows {
  return {
    ...{ ...guardReads(context), ...weekRows(context), ...declarationRows(context) },
    ...{ ...caseRows(context), ...clusterRows(context) },
  };
}

function weekRows(
  context: StoreContext,
): Pick<GuardRows, 'addBatch' | 'weeksFrom' | 'observedIn' | 'removeBefore'> {
  const { database, clock } = context;
  const { query } = database;
  return {
    addBatch: (batch, merge) =>
      database.change((transaction) => addBatch(context, transaction, batch, merge)),
    weeksFrom: (week) => weeksFrom(context, week),
    observedIn: async (organisation, week) => {
      const { accounts, requests } = await query
        .selectFrom('guard_week')
        .select((row) => [row.fn.countAll().as('accounts'), row.fn.sum('requests').as('requests')])
        .where('organisation', '=', organisation)
        .where('week', '=', week)
        .executeTakeFirstOrThrow();
      return { accounts: Number(accounts), requests: Number(requests ?? 0) };
    },
    removeBefore: async (week) => {
      await query.deleteFrom('guard_week').where('week', '<', week).execute();
      await query
        .deleteFrom('guard_node')
        .where('at', '<', clock.now() - 86_400_000)
        .execute();
    },
  };
}

function declarationRows(
  context: StoreContext,
): Pick<GuardRows, 'declareUse' | 'declaredUses' | 'calibration' | 'addCalibration'> {
  const { clock } = context;
  const { query } = context.database;
  return {
    declareUse: (organisation, account, useClass, author) => {
      const target = { type: 'account', id: account };
      const change = { chain: organisation, author, action: 'guard.use.declared', target } as const;
      return changeAudited(context, change, async (transaction) => {
        await getAccount(transaction, organisation, account);
        const row = { use_class: useClass, declared_at: clock.now() };
        await transaction
          .insertInto('guard_use')
          .values({ organisation, account, ...row })
          .onConflict((conflict) => conflict.columns(['organisation', 'account']).doUpdateSet(row))
          .execute();
        return { value: undefined, before: null, after: { useClass } };
      });
    },
    declaredUses: async () => {
      const rows = await query.selectFrom('guard_use').selectAll().execute();
      return new Map(
        rows.map(({ organisation, account, use_class }) => [`${organisation} ${account}`, use_class]),
      );
    },
    calibration: (after = 0, upTo = Number.MAX_SAFE_INTEGER) =>
      query
        .selectFrom('guard_calibration')
        .select(['version', 'envelope'])
        .where('version', '>', after)
        .where('version', '<=', upTo)
        .orderBy('version', 'desc')
        .limit(1)
        .executeTakeFirst(),
    addCalibration: (envelope, author) => addCalibration(context, envelope, author),
  };
}

function caseRows(
  context: StoreContext,
): Pick<GuardRows, 'openCase' | 'cases' | 'clearedUses' | 'caseOf' | 'clearCase' | 'reopenCase'> {
  const { query } = context.database;
  return {
    openCase: (opened, author) => openCase(context, opened, author),
    cases: async (organisation) => {
      const all = query.selectFrom('guard_case').selectAll().orderBy('opened_at', 'desc').limit(mostCases);
      const rows = organisation === undefined ? all : all.where('organisation', '=', organisation);
      return (await rows.execute()).map(caseFrom);
    },
    clearedUses: async () => {
      const rows = await query
        .selectFrom('guard_case')
        .select((row) => ['organisation', 'account', 'use_class', row.fn.max('statistic').as('highest')])
        .where('state', '=', 'cleared')
        .where('cluster', 'is', null)
        .groupBy(['organisation', 'account', 'use_class'])
        .execute();
      return new Map(
        rows.map(({ organisation, account, use_class, highest }) => [
          `${organisation} ${account} ${use_class}`,
          Number(highest),
        ]),
      );
    },
    caseOf: (organisation, id) => caseOf(query, organisation, id),
    clearCase: (organisation, id, author) => setState(context, { organisation, id, author }, 'cleared'),
    reopenCase: (organisation, id, author) => setState(context, { organisation, id, author }, 'open'),
  };
}

function setState(
  context: StoreContext,
  { organisation, id, author }: { organisation: OrganisationId; id: string; author: Author },
  state: CaseState,
): Promise<GuardCase> {
  const target = { type: 'guard_case', id };
  const action = state === 'cleared' ? 'guard.case.cleared' : 'guard.case.reopened';
  const change = { chain: organisation, author, action, target } as const;
  return changeAudited(context, change, async (transaction) => {
    const before = await caseOf(transaction, organisation, id);
    const row = { state, closed_at: state === 'cleared' ? context.clock.now() : null } as const;
    await transaction
      .updateTable('guard_case')
      .set(row)
      .where('organisation', '=', organisation)
      .where('id', '=', id)
      .execute();
    return { value: { ...before, ...row }, before: { state: before.state }, after: { state } };
  });
}

async function* weeksFrom({ database }: StoreContext, week: number): AsyncGenerator<GuardWeek> {
  let after: GuardWeekKey = { week, organisation: '', account: '' };
  for (;;) {
    const page = await database.query
      .selectFrom('guard_week')
      .select(['organisation', 'account', 'week', 'requests', 'state'])
      .where(
        sql<boolean>`(week, organisation, account) > (${after.week}, ${after.organisation}, ${after.account})`,
      )
      .orderBy('week')
      .orderBy('organisation')
      .orderBy('account')
      .limit(weeksPerRead)
      .execute();
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    after = last;
  }
}

async function addBatch<Given extends GuardWeekKey>(
  { database, clock }: StoreContext,
  transaction: Transaction<Tables>,
  { node, number, observations }: { node: string; number: number; observations: readonly Given[] },
  merge: Merge<Given>,
): Promise<readonly GuardWeek[]> {
  // Two nodes that merge into one row at once would lose what one of them saw.
  if (database.dialect.name === 'postgres')
    await sql`lock table guard_week in share row exclusive mode`.execute(transaction);
  const last = await transaction
    .selectFrom('guard_node')
    .select('batch')
    .where('node', '=', node)
    .executeTakeFirst();
  if (last !== undefined && Number(last.batch) >= number) return [];
  const mark = { batch: number, at: clock.now() };
  await transaction
    .insertInto('guard_node')
    .values({ node, ...mark })
    .onConflict((conflict) => conflict.column('node').doUpdateSet(mark))
    .execute();
  const merged: GuardWeek[] = [];
  for (const given of observations) {
    const { organisation, account, week } = given;
    const known = await transaction
      .selectFrom('guard_week')
      .select('state')
      .where('organisation', '=', organisation)
      .where('account', '=', account)
      .where('week', '=', week)
      .executeTakeFirst();
    const row = { ...merge(known?.state, given), updated_at: clock.now() };
    await transaction
      .insertInto('guard_week')
      .values({ organisation, account, week, ...row })
      .onConflict((conflict) => conflict.columns(['organisation', 'account', 'week']).doUpdateSet(row))
      .execute();
    merged.push({ organisation, account, week, requests: row.requests, state: row.state });
  }
  return merged;
}

function addCalibration(context: StoreContext, envelope: string, author: Author): Promise<number> {
  return changeStore(context, async ({ transaction, audit }) => {
    const newest = await transaction
      .selectFrom('guard_calibration')
      .select((row) => row.fn.max('version').as('version'))
      .executeTakeFirstOrThrow();
    const version = Number(newest.version ?? 0) + 1;
    await transaction
      .insertInto('guard_calibration')
      .values({ version, envelope, made_at: context.clock.now() })
      .execute();
    const target = { type: 'guard_calibration', id: String(version) };
    const change = { chain: 'system', author, action: 'guard.calibrated', target } as const;
    await audit(change, { before: null, after: { envelope } });
    return version;
  });
}

const heights: readonly string[] = ['ask', 'measure'];

function openCase(context: StoreContext, opened: NewCase, author: Author): Promise<GuardCase | undefined> {
  const { organisation, account, week, level } = opened;
  return changeStore(context, async ({ transaction, audit }) => {
    const known = await transaction
      .selectFrom('guard_case')
      .selectAll()
      .where('organisation', '=', organisation)
      .where('account', '=', account)
      .where('week', '=', week)
      .where('state', '=', 'open')
      .where('cluster', 'is', null)
      .executeTakeFirst();
    if (known !== undefined && heights.indexOf(known.level) >= heights.indexOf(level)) return undefined;
    const id = known?.id ?? `case_${Buffer.from(context.entropy(15)).toString('hex')}`;
    const evidence = JSON.stringify(opened.evidence);
    const judged = { level, use_class: opened.use_class, statistic: opened.statistic, evidence };
    const now = context.clock.now();
    const row: GuardCaseRow = known
      ? { ...known, ...judged }
      : {
          id,
          organisation,
          account,
          week,
          ...judged,
          cluster: null,
          state: 'open',
          opened_at: now,
          closed_at: null,
        };
    await transaction
      .insertInto('guard_case')
      .values(row)
      .onConflict((conflict) => conflict.column('id').doUpdateSet(judged))
      .execute();
    const target = { type: 'guard_case', id };
    const change = { chain: organisation, author, action: 'guard.case.opened', target } as const;
    await audit(change, { before: known ? { level: known.level } : null, after: { account, level } });
    return caseFrom(row);
  });
}
