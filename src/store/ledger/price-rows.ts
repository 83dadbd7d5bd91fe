// Prices as they are stored. A row is never changed; what it means is for `prices` to say.
import type { Insertable } from 'kysely';
import type { OrganisationId } from '../../traffic/index.ts';
import type { Database } from '../connection/database.ts';
import type { PriceRow } from '../schema/tables.ts';

/** Those for everybody and, where one is named, those of an organisation, in the order in which they were added. */
export async function priceRows({ query }: Database): Promise<readonly PriceRow[]> {
  return query.selectFrom('price').selectAll().orderBy('created_at').execute();
}

export async function addPrice(
  { change }: Database,
  row: Insertable<PriceRow> & { readonly organisation: OrganisationId | null },
): Promise<void> {
  await change((transaction) => transaction.insertInto('price').values(row).execute());
}
