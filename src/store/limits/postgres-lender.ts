// The lender over PostgreSQL. A grant is one statement with a constant amount: the lock on the row of the budget orders all that
// ask for it. Locks are taken in the order lessee, budget, lease, so that no two of these wait for each other.
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Entropy } from '../../base/index.ts';
import type { Database } from '../connection/database.ts';
import type { SqlDialect } from '../connection/sql-dialect.ts';
import { isUnresolved, loseHolds } from '../ledger/lost-holds.ts';
import type { Tables } from '../schema/tables.ts';
import { type Budget, budgetId, type Grant, type Lender, type LenderTerms } from './lender.ts';
import { countedBy, type LimitScope, type LimitUnit } from './limit.ts';

/** Milliseconds since the Unix epoch by the clock of the database, which is one for all nodes. */
const databaseNow = sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`;

/** How long a budget stays after its window, for settlements that come late to be read beside it. */
const keptMs = 86_400_000;

export type PostgresLenderOptions = {
  readonly database: Database;
  readonly entropy: Entropy;
  readonly terms: LenderTerms;
};

export function createPostgresLender({ database, entropy, terms }: PostgresLenderOptions): Lender {
  const { query, change } = database;
  const known = new Set<string>();

  /** Makes the row of a budget where there is none, with what was used before it was counted by leases. */
  const make = async (budget: Budget): Promise<void> => {
    const id = budgetId(budget);
    if (known.has(id)) return;
    const { organisation } = budget.limit;
    const { start, end, before } = budget.window;
    await change(async (transaction) => {
      const { rows } =
        await sql`insert into budget (id, organisation, counted_by, window_start, window_end, granted)
        values (${id}, ${organisation}, ${countedBy(budget.limit)}, ${start}, ${Number.isFinite(end) ? end : null}, ${before})
        on conflict (id) do nothing returning id`.execute(transaction);
      if (rows.length > 0 && before > 0)
        await sql`insert into lease (budget, lessee, organisation, amount, settled, state)
          values (${id}, 'before', ${organisation}, ${before}, ${before}, 'closed')`.execute(transaction);
    });
    if (known.size >= maxKnown) known.clear();
    known.add(id);
  };

  return {
    join: async () => {
      const id = `lessee_${Buffer.from(entropy(12)).toString('hex')}`;
      await sql`insert into lessee (id, expires_at, state)
        values (${id}, ${databaseNow} + ${terms.leaseMs}, 'open')`.execute(query);
      return id;
    },
    renew: async (lessee) => {
      const { rows } = await sql<{
        others: number;
      }>`update lessee set expires_at = ${databaseNow} + ${terms.leaseMs}
        where id = ${lessee} and state = 'open' and expires_at > ${databaseNow}
        returning (select count(*) from lessee where state = 'open' and expires_at > ${databaseNow}
          and id <> ${lessee}) as others`.execute(query);
      return rows[0] === undefined ? null : rows[0].others + 1;
    },
    grant: async (lessee, budget, amount) => {
      await make(budget);
      return grantExactly(query, { lessee, budget, amount });
    },
    giveBack: (lessee, budget, amount) =>
      change((transaction) => shrinkLease(transaction, { id: budgetId(budget), lessee, amount })),
    close: (lessee, budget, settled) =>
      change((transaction) => closeLease(transaction, { id: budgetId(budget), lessee, settled })),
    leave: async (lessee) => {
      await sql`update lessee set state = 'closed' where id = ${lessee}
        and not exists (select 1 from lease where lessee = ${lessee} and state = 'open')
        and not exists (select 1 from ledger where lease = ${lessee} and ${isUnresolved})`.execute(query);
    },
    reap: async () => {
      const gone: string[] = [];
      for (;;) {
        const lessee = await change((transaction) => reapOne(transaction, database.dialect, terms));
        if (lessee === undefined) break;
        gone.push(lessee);
      }
      await change(forgetEnded);
      return gone;
    },
  };
}

const maxKnown = 10_000;

/** Grants so much or nothing, by one statement in which the amount is a constant. A lease that was ended is not opened again. */
async function grantExactly(
  query: Kysely<Tables>,
  { lessee, budget, amount }: { readonly lessee: string; readonly budget: Budget; readonly amount: number },
): Promise<Grant> {
  const id = budgetId(budget);
  const { rows } = await sql<{ all: number }>`with node as (
          select id from lessee
          where id = ${lessee} and state = 'open' and expires_at > ${databaseNow} for share
        ), lent as (
          update budget set granted = granted + ${amount}
          where id = ${id} and granted + ${amount} <= ${budget.limit.amount} and exists (select 1 from node)
            and not exists (select 1 from lease where budget = ${id} and lessee = ${lessee} and state = 'closed')
          returning granted
        ), own as (
          insert into lease (budget, lessee, organisation, amount, settled, state)
          select ${id}::text, ${lessee}::text, ${budget.limit.organisation}::text, ${amount}::bigint, 0, 'open' from lent
          on conflict (budget, lessee) do update set amount = lease.amount + excluded.amount
        )
        select granted as all from lent`.execute(query);
  if (rows[0] !== undefined) return { isGranted: true, all: rows[0].all };
  const row = await query.selectFrom('budget').select('granted').where('id', '=', id).executeTakeFirst();
  return { isGranted: false, all: row?.granted ?? 0 };
}

async function shrinkLease(
  query: Kysely<Tables>,
  { id, lessee, amount }: { readonly id: string; readonly lessee: string; readonly amount: number },
): Promise<void> {
  await lockBudget(query, id);
  const { rows } = await sql`update lease set amount = amount - ${amount}
    where budget = ${id} and lessee = ${lessee} and state = 'open' and amount >= ${amount}
    returning budget`.execute(query);
  if (rows.length > 0)
    await sql`update budget set granted = granted - ${amount} where id = ${id}`.execute(query);
}

async function lockBudget(query: Kysely<Tables>, id: string): Promise<void> {
  await sql`select 1 from budget where id = ${id} for update`.execute(query);
}

async function closeLease(
  query: Kysely<Tables>,
  { id, lessee, settled }: { readonly id: string; readonly lessee: string; readonly settled: number },
): Promise<void> {
  await lockBudget(query, id);
  const { rows } = await sql<{ amount: number }>`update lease set settled = ${settled}, state = 'closed'
    where budget = ${id} and lessee = ${lessee} and state = 'open' returning amount`.execute(query);
  if (rows[0] !== undefined)
    await sql`update budget set granted = granted + ${settled - rows[0].amount} where id = ${id}`.execute(
      query,
    );
}

/** Whoever writes a settlement of the lessee holds its row meanwhile, so that each is either in the sum or late. */
async function reapOne(
  transaction: Transaction<Tables>,
  dialect: SqlDialect,
  { longestRequestMs }: LenderTerms,
): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`update lessee set state = 'closed' where id = (
      select id from lessee where state = 'open' and expires_at + ${longestRequestMs} < ${databaseNow}
      order by expires_at limit 1 for update skip locked
    ) returning id`.execute(transaction);
  const lessee = rows[0]?.id;
  if (lessee === undefined) return undefined;
  // Before the sums, in which they count.
  await loseHolds(transaction, dialect, lessee);
  const leases = await transaction
    .selectFrom('lease')
    .innerJoin('budget', 'budget.id', 'lease.budget')
    .select(['budget.id', 'budget.counted_by', 'budget.window_start', 'budget.window_end'])
    .where('lease.lessee', '=', lessee)
    .where('lease.state', '=', 'open')
    .orderBy('budget.id')
    .execute();
  for (const lease of leases) {
    const settled = await settledInLedger(transaction, lessee, lease);
    await closeLease(transaction, { id: lease.id, lessee, settled });
  }
  return lessee;
}

type Counted = {
  readonly counted_by: string;
  readonly window_start: number;
  readonly window_end: number | null;
};

/** What the ledger has of a lessee that falls under a budget. */
async function settledInLedger(
  transaction: Transaction<Tables>,
  lessee: string,
  { counted_by: by, window_start: start, window_end: end }: Counted,
): Promise<number> {
  const [organisation, scope, subject, model, unit] = JSON.parse(by) as readonly [
    ...[string, LimitScope, string, string | null, LimitUnit],
  ];
  if (unit === 'concurrency') return 0;
  const { rows } = await sql<{
    sum: number;
  }>`select coalesce(sum(${usedIn[unit]}), 0)::bigint as sum from ledger
    where lease = ${lessee} and organisation = ${organisation} and ${sql.ref(`ledger.${scope}`)} = ${subject}
      and (${model}::text is null or model = ${model}) and kind in ('settle', 'lost')
      and at >= ${start} and (${end}::bigint is null or at < ${end})`.execute(transaction);
  return rows[0]?.sum ?? 0;
}

const usedIn = {
  requests: sql`1`,
  tokens: sql`prompt + reasoning + answer`,
  'reasoning-tokens': sql`reasoning`,
  money: sql`amount`,
};

/** Budgets of windows that are long over go; the ledger has what was used in them. */
async function forgetEnded(transaction: Transaction<Tables>): Promise<void> {
  const { rows } = await sql<{
    id: string;
  }>`select id from budget where window_end < ${databaseNow} - ${keptMs}
    and not exists (select 1 from lease where lease.budget = budget.id and lease.state = 'open')
    limit 1000 for update skip locked`.execute(transaction);
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return;
  await transaction.deleteFrom('lease').where('budget', 'in', ids).execute();
  await transaction.deleteFrom('budget').where('id', 'in', ids).execute();
}
