import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock, systemEntropy } from '../../base/index.ts';
import { createPostgresLender } from '../limits/postgres-lender.ts';
import { openStore } from '../open-store.ts';
import { needsPostgres, type PostgresServer, postgresPrograms, startPostgres } from '../testing.ts';

describe.skipIf(postgresPrograms === undefined)(`connections to PostgreSQL, which ${needsPostgres}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server[Symbol.asyncDispose]());
  const open = (url: string) => openStore(url, { clock: systemClock, entropy: systemEntropy });
  const terms = { leaseMs: 1000, longestRequestMs: 1000 };

  test('whoever stands still in a transaction lets go of what it has locked, so that its leases can be ended', async () => {
    const url = await server.newDatabase();
    await using frozen = await open(`${url}?idle_in_transaction_session_timeout=300`);
    await using other = await open(url);
    const lenderOf = ({ database }: typeof other) =>
      createPostgresLender({ database, entropy: systemEntropy, terms });
    const lessee = await lenderOf(frozen).join();
    const locked = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    const standing = frozen.database.change(async (transaction) => {
      // As whoever writes a settlement does.
      await sql`select id from lessee where id = ${lessee} for share`.execute(transaction);
      locked.resolve();
      await ended.promise;
      await sql`select 1`.execute(transaction);
    });
    await locked.promise;
    await expect.poll(() => lenderOf(other).reap(), { timeout: 30_000, interval: 100 }).toEqual([lessee]);
    ended.resolve();
    await expect(standing).rejects.toMatchObject({ code: 'TGL_STORE_UNAVAILABLE' });
    // Who asks next is given another connection.
    expect(await lenderOf(frozen).renew(lessee)).toBeNull();
  });

  test('no transaction may stand still for good', async () => {
    await using store = await open(await server.newDatabase());
    const { rows } = await sql`show idle_in_transaction_session_timeout`.execute(store.database.query);
    expect(rows).toEqual([{ idle_in_transaction_session_timeout: '10s' }]);
  });
});
