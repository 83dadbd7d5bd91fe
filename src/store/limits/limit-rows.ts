// Limits as they are stored. A row is never changed: of those that count the same use the last valid one holds, and one without
// an amount ends the limit.

import type { OrganisationId } from '../../traffic/index.ts';
import type { Author } from '../audit/audit-entry.ts';
import { changeAudited, type StoreContext } from '../audit/change-audited.ts';
import type { Database } from '../connection/database.ts';
import { countedBy, type Limit } from './limit.ts';

export type NewLimit = Omit<Limit, 'amount' | 'organisation'> & {
  readonly organisation: OrganisationId;
  /** Null: no limit from then on. */
  readonly amount: number | null;
  /** Milliseconds since the Unix epoch. */
  readonly validFrom: number;
};

/** The limits of every organisation that hold at a moment. */
export async function limitsAt({ query }: Database, at: number): Promise<readonly Limit[]> {
  const rows = await query
    .selectFrom('usage_limit')
    .selectAll()
    .where('valid_from', '<=', at)
    .orderBy('valid_from')
    .orderBy('created_at')
    .execute();
  const last = new Map<string, Limit | null>();
  for (const { amount, ...row } of rows) {
    const limit: Limit = { ...row, amount: amount ?? 0 };
    last.set(countedBy(limit), amount === null ? null : limit);
  }
  return [...last.values()].flatMap((limit) => limit ?? []);
}

/** @throws TGL_STORE_CONFLICT where there is no such organisation */
export async function addLimit(context: StoreContext, author: Author, limit: NewLimit): Promise<void> {
  const { validFrom, ...row } = limit;
  const change = {
    ...{ chain: limit.organisation, author, target: { type: 'rate_limit', id: limit.id } },
    action: limit.amount === null ? 'rate_limit.deleted' : 'rate_limit.updated',
  } as const;
  await changeAudited(context, change, async (transaction) => {
    await transaction
      .insertInto('usage_limit')
      .values({ ...row, valid_from: validFrom, created_at: context.clock.now() })
      .execute();
    return { value: undefined, before: null, after: limit };
  });
}
