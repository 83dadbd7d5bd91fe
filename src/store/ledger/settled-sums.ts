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

/** Everything that was admitted since the beginning of a window, what was lost included. */
export async function settledSums(database: Database, settled: SettledOf): Promise<SettledSums> {
  const [rolled, lost] = [await rolledUp(database, settled), await lostSums(database, settled)];
  return {
    requests: rolled.requests + lost.requests,
    tokens: rolled.tokens + lost.tokens,
    reasoning: rolled.reasoning + lost.reasoning,
    amount: rolled.amount + lost.amount,
  };
}

async function rolledUp({ query }: Database, settled: SettledOf): Promise<SettledSums> {
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
  return numbersOf(sums);
}

/** What was held of requests that died, and neither came late nor was corrected since. These rows are few. */
async function lostSums({ query }: Database, settled: SettledOf): Promise<SettledSums> {
  const { organisation, scope, subject, model, start } = settled;
  const sums = await query
    .selectFrom('ledger')
    .select([
      sql<number>`count(*)`.as('requests'),
      sql<number>`coalesce(sum(prompt + reasoning + answer), 0)`.as('tokens'),
      sql<number>`coalesce(sum(reasoning), 0)`.as('reasoning'),
      sql<number>`coalesce(sum(amount), 0)`.as('amount'),
    ])
    .where('organisation', '=', organisation)
    .where('at', '>=', start)
    .where(sql<boolean>`kind = 'lost'`)
    .where(sql.ref(`ledger.${scope}`), '=', subject)
    .where(
      sql<boolean>`not exists (select 1 from ledger as since where since.corrects = ledger.request
        or (since.request = ledger.request and since.kind = 'late'))`,
    )
    .$if(model !== null, (rows) => rows.where('model', '=', model ?? ''))
    .executeTakeFirstOrThrow();
  return numbersOf(sums);
}

function numbersOf({ requests, tokens, reasoning, amount }: SettledSums): SettledSums {
  return {
    ...{ requests: Number(requests), tokens: Number(tokens) },
    ...{ reasoning: Number(reasoning), amount: Number(amount) },
  };
}

const minute = 60_000;
