// Whether a limit or a price was added or has come into force since somebody last looked.
import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';

/** A text that changes whenever the limits or prices do that hold at a moment. */
export async function newestSetting({ query }: Database, at: number): Promise<string> {
  const stamp = async (table: 'usage_limit' | 'price'): Promise<string> => {
    const { rows, valid } = await query
      .selectFrom(table)
      .select([
        sql<number>`count(*)`.as('rows'),
        sql<number>`coalesce(sum(case when valid_from <= ${at} then 1 else 0 end), 0)`.as('valid'),
      ])
      .executeTakeFirstOrThrow();
    return `${rows} ${valid}`;
  };
  return `${await stamp('usage_limit')} ${await stamp('price')}`;
}
