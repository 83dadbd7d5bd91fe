// Prices as they are stored. A row is never changed; what it means is for `prices` to say.
import type { Author } from '../audit/audit-entry.ts';
import { type Change, changeAudited, type StoreContext } from '../audit/change-audited.ts';
import type { Database } from '../connection/database.ts';
import type { PriceRow } from '../schema/tables.ts';

/** Those for everybody and, where one is named, those of an organisation, in the order in which they were added. */
export async function priceRows({ query }: Database): Promise<readonly PriceRow[]> {
  return query.selectFrom('price').selectAll().orderBy('created_at').execute();
}

export async function addPrice(
  context: StoreContext,
  author: Author,
  row: Omit<PriceRow, 'created_at'>,
): Promise<void> {
  const change: Change = {
    ...{ chain: row.organisation ?? 'system', author, target: { type: 'price', id: row.id } },
    action: 'price.created',
  };
  await changeAudited(context, change, async (transaction) => {
    await transaction
      .insertInto('price')
      .values({ ...row, created_at: context.clock.now() })
      .execute();
    return { value: undefined, before: null, after: row };
  });
}
