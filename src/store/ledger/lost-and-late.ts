// Requests that did not end as requests do: those that were lost with their process, of which nobody knows what they used, and those that
// were settled after their leases had been ended. These rows are few, and each kind has an index of its own.
import { type RawBuilder, sql } from 'kysely';
import type { AccountId, OrganisationId } from '../../traffic/index.ts';
import type { Database } from '../connection/database.ts';

export type LostAndLateQuery = {
  readonly organisation: OrganisationId;
  /** Null: of the whole organisation. */
  readonly account: AccountId | null;
  /** Admitted from then on and before then, in milliseconds since the Unix epoch. */
  readonly start: number;
  readonly end: number;
  /** Behind the row of that number. @default from the first one */
  readonly after?: number;
  readonly limit: number;
};

export type LostOrLate = {
  readonly seq: number;
  readonly kind: 'lost' | 'late';
  readonly request: string;
  readonly at: number;
  readonly account: string;
  readonly key: string;
  readonly principal: string;
  readonly model: string;
  /** Of what was lost, what was held. */
  readonly prompt: number;
  readonly reasoning: number;
  readonly answer: number;
  /** Nano-units of the currency. */
  readonly amount: number;
  readonly currency: string;
  /** In nano-units, what sums of use have of it: nothing of what was lost until it is corrected. */
  readonly billed: number;
};

/** In the order of their numbers. @throws TGL_STORE_UNAVAILABLE */
export async function lostAndLate(
  { query }: Database,
  { organisation, account, start, end, after = 0, limit }: LostAndLateQuery,
): Promise<readonly LostOrLate[]> {
  const rowsOf = (kind: RawBuilder<boolean>) =>
    query
      .selectFrom('ledger')
      .select(['seq', 'kind', 'request', 'at', 'account', 'key', 'principal', 'model'])
      .select(['prompt', 'reasoning', 'answer', 'amount', 'currency'])
      .select(
        sql<string>`cast((select coalesce(sum(correction.amount), 0) from ledger as correction
          where correction.corrects = ledger.request) as text)`.as('corrected'),
      )
      .where('organisation', '=', organisation)
      .where('at', '>=', start)
      .where('at', '<', end)
      .where(kind)
      .where('seq', '>', after)
      .$if(account !== null, (rows) => rows.where('account', '=', account ?? ''))
      .orderBy('seq')
      .limit(limit)
      .execute();
  const [lost, late] = [
    await rowsOf(sql<boolean>`ledger.kind = 'lost'`),
    await rowsOf(sql<boolean>`ledger.kind = 'late'`),
  ];
  return [...lost, ...late]
    .sort((one, other) => one.seq - other.seq)
    .slice(0, limit)
    .map(({ corrected, kind, ...row }) => ({
      ...row,
      kind: kind === 'late' ? 'late' : 'lost',
      billed: Number(corrected) + (kind === 'late' ? row.amount : 0),
    }));
}
