// What was used before, out of the roll-ups: the sums with which limits begin. The ledger is rolled up before they are read.
import { sql } from 'kysely';
import type { OrganisationId } from '../../traffic/index.ts';
import type { Database } from '../connection/database.ts';

type Scope = 'organisation' | 'account' | 'principal' | 'key';

export type SettledOf = {
  readonly organisation: OrganisationId;
  readonly scope: Scope;
  readonly subject: string;
  /** Null: of all models. */
  readonly model: string | null;
  /** Milliseconds since the Unix epoch. */
  readonly start: number;
};

export type SettledSums = {
  readonly requests: number;
  readonly tokens: number;
  readonly reasoning: number;
  readonly amount: number;
};

/** Everything that was admitted since the beginning of a window. */
export async function settledSums({ query }: Database, settled: SettledOf): Promise<SettledSums> {
  const { organisation, scope, subject, model, start } = settled;
  const sums = await query
    .selectFrom('rollup')
    .select([
      sql<number>`coalesce(sum(requests), 0)`.as('requests'),
      sql<number>`coalesce(sum(prompt + reasoning + answer), 0)`.as('tokens'),
      sql<number>`coalesce(sum(reasoning), 0)`.as('reasoning'),
      sql<number>`coalesce(sum(amount), 0)`.as('amount'),
    ])
    .where('organisation', '=', organisation)
    .where('width', '=', start === 0 ? 'day' : 'minute')
    .where('bucket_start', '>=', start - (start % minute))
    .where(sql.ref(scope), '=', subject)
    .$if(model !== null, (rows) => rows.where('model', '=', model ?? ''))
    .executeTakeFirstOrThrow();
  const { requests, tokens, reasoning, amount } = sums;
  return {
    ...{ requests: Number(requests), tokens: Number(tokens) },
    ...{ reasoning: Number(reasoning), amount: Number(amount) },
  };
}

const minute = 60_000;
