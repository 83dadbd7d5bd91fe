// Usage and cost of an organisation by buckets of time, out of the roll-ups alone: nothing here reads the ledger.
import { type Expression, type SqlBool, sql } from 'kysely';
import type { AccountId, OrganisationId } from '../../traffic/index.ts';
import type { Database } from '../connection/database.ts';
import type { BucketWidth } from './roll-up.ts';

/** What usage can be told apart by. */
export type UsageGroup = 'account' | 'principal' | 'key' | 'model' | 'operation';

export type UsageQuery = {
  readonly organisation: OrganisationId;
  /** Nothing but what this account used; null for the whole organisation. */
  readonly account: AccountId | null;
  /** Of buckets that begin from `start` on and before `end`, in milliseconds since the Unix epoch. */
  readonly start: number;
  readonly end: number;
  readonly width: BucketWidth;
  readonly groupBy: readonly UsageGroup[];
  /** Only rows with one of these values. */
  readonly only: Readonly<Partial<Record<UsageGroup, readonly string[]>>>;
};

export type UsageSums = Readonly<Partial<Record<UsageGroup, string>>> & {
  readonly bucket: number;
  readonly currency: string;
  readonly requests: number;
  readonly prompt: number;
  readonly cached: number;
  readonly reasoning: number;
  readonly answer: number;
  /** Nano-units; a sum may be beyond what a number holds. */
  readonly amount: bigint;
};

/** By bucket, then by what they are grouped by. Buckets in which nothing was used have no row. */
export async function usageOf({ query }: Database, wanted: UsageQuery): Promise<readonly UsageSums[]> {
  const { organisation, account, start, end, width, groupBy, only } = wanted;
  const groups = ['bucket_start', 'currency', ...groupBy] as const;
  const conditions: readonly Expression<SqlBool>[] = Object.entries(only).map(
    ([group, values]) => sql<boolean>`${sql.ref(group)} in (${sql.join([...values])})`,
  );
  let select = query
    .selectFrom('rollup')
    .select(groups)
    .select([
      sql<string>`cast(sum(requests) as text)`.as('requests'),
      sql<string>`cast(sum(prompt) as text)`.as('prompt'),
      sql<string>`cast(sum(cached) as text)`.as('cached'),
      sql<string>`cast(sum(reasoning) as text)`.as('reasoning'),
      sql<string>`cast(sum(answer) as text)`.as('answer'),
      sql<string>`cast(sum(amount) as text)`.as('amount'),
    ])
    .where('organisation', '=', organisation)
    .where('width', '=', width)
    .where('bucket_start', '>=', start)
    .where('bucket_start', '<', end);
  if (account !== null) select = select.where('account', '=', account);
  for (const condition of conditions) select = select.where(condition);
  const rows = await select.groupBy(groups).orderBy('bucket_start').execute();
  return rows.map(({ bucket_start, requests, prompt, cached, reasoning, answer, amount, ...names }) => ({
    ...names,
    bucket: Number(bucket_start),
    ...{ requests: Number(requests), prompt: Number(prompt), cached: Number(cached) },
    ...{ reasoning: Number(reasoning), answer: Number(answer), amount: BigInt(amount) },
  }));
}
