// From a file to PostgreSQL: every row of every table in one transaction, which ends well only where the counts are the same and
// every chain of the audit log and of the ledger still holds.
import { sql, type Transaction } from 'kysely';
import { TiegelError } from '../base/index.ts';
import { createAuditLog } from './audit/audit-log.ts';
import { type VerifySignature, verifyAudit } from './audit/verify-audit.ts';
import { checkLedger } from './ledger/verify-ledger.ts';
import type { Store } from './open-store.ts';
import type { Tables } from './schema/tables.ts';
import { linesOf } from './store-files.ts';

/** Those that others refer to, in an order that keeps every reference. */
const first = ['organisation', 'account', 'principal', 'membership', 'api_key', 'usage_limit', 'budget'];
/** A store that was just made has rows in these; and the version of the schema is that of the target. */
const replaced: ReadonlySet<string> = new Set(['change_feed', 'store_setting']);
const rowsPerStatement = 500;

/**
 * Copies all there is, with the identifiers that it has. Nobody may use either store meanwhile.
 *
 * @returns how many rows each table has
 * @throws TGL_STORE_NO_FILE, TGL_STORE_NOT_EMPTY, TGL_STORE_DAMAGED, TGL_STORE_UNAVAILABLE; the target is then as it was
 */
export async function moveStore(
  source: Store,
  target: Store,
  verify: VerifySignature,
): Promise<Readonly<Record<string, number>>> {
  const { sqlite, shown } = source.database;
  if (sqlite === null || target.database.dialect.name !== 'postgres')
    throw new TiegelError('TGL_STORE_NO_FILE', { location: shown });
  return target.database.change(async (transaction) => {
    const present = await transaction.selectFrom('organisation').select('id').limit(1).execute();
    if (present.length > 0) throw new TiegelError('TGL_STORE_NOT_EMPTY', { location: target.database.shown });
    const counts: Record<string, number> = {};
    for (const table of await tablesOf(source)) {
      if (replaced.has(table)) await sql`delete from ${sql.table(table)}`.execute(transaction);
      const rows = sqlite.prepare(`select * from "${table}"`).iterate() as Iterable<Row>;
      counts[table] = await copyRows(transaction, table, rows);
    }
    await sql`select setval(pg_get_serial_sequence('ledger', 'seq'), greatest(max(seq), 1)) from ledger`.execute(
      transaction,
    );
    await requireArrived(target, transaction, counts, verify);
    return counts;
  });
}

type Row = Readonly<Record<string, unknown>>;

async function tablesOf({ database }: Store): Promise<readonly string[]> {
  const names = (await database.query.introspection.getTables()).map(({ name }) => name);
  const rest = names.filter((name) => name !== 'schema_version' && !name.startsWith('sqlite_'));
  return [...first, ...rest.filter((name) => !first.includes(name)).sort()];
}

async function copyRows(
  transaction: Transaction<Tables>,
  table: string,
  rows: Iterable<Row>,
): Promise<number> {
  let count = 0;
  let batch: Row[] = [];
  const write = async (): Promise<void> => {
    if (batch.length === 0) return;
    const columns = Object.keys(batch[0] as Row);
    const values = batch.map((row) => sql`(${sql.join(columns.map((column) => row[column]))})`);
    const names = sql.join(columns.map((column) => sql.ref(column)));
    await sql`insert into ${sql.table(table)} (${names}) overriding system value values ${sql.join(values)}`.execute(
      transaction,
    );
    count += batch.length;
    batch = [];
  };
  for (const row of rows) {
    batch.push(row);
    if (batch.length === rowsPerStatement) await write();
  }
  await write();
  return count;
}

async function requireArrived(
  target: Store,
  transaction: Transaction<Tables>,
  counts: Readonly<Record<string, number>>,
  verify: VerifySignature,
): Promise<void> {
  const { database } = target;
  const problems: string[] = [];
  for (const [table, count] of Object.entries(counts)) {
    const { rows } = await sql<{ count: number }>`select count(*) as count from ${sql.table(table)}`.execute(
      transaction,
    );
    if (rows[0]?.count !== count) problems.push(`${table} has ${rows[0]?.count} rows instead of ${count}`);
  }
  const audit = createAuditLog({ ...target.context, database: { ...database, query: transaction } });
  const verification = await verifyAudit(linesOf({ audit }), verify);
  problems.push(...verification.problems.map(({ chain, problem }) => `audit log ${chain}: ${problem}`));
  problems.push(...(await checkLedger({ ...database, query: transaction }, verify)).problems);
  if (problems.length > 0)
    throw new TiegelError('TGL_STORE_DAMAGED', {
      location: database.shown,
      problem: problems.slice(0, 5).join('; '),
    });
}
