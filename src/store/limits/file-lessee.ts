// Processes over a file of SQLite that hold something for requests which cost somebody else's money. No other process spends from their
// limits, so that nothing is granted to them; a lessee is only who has to end its holds. Each has a file beside the store that the
// operating system keeps locked for as long as the process lives, so that the next one sees at once which of them are gone.
import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { Clock, Entropy } from '../../base/index.ts';
import type { Database } from '../connection/database.ts';
import { storeError } from '../connection/store-error.ts';
import { isUnresolved, loseHolds } from '../ledger/lost-holds.ts';

export type FileLessee = AsyncDisposable & { readonly id: string };

type FileContext = { readonly database: Database; readonly clock: Clock; readonly entropy: Entropy };

/** Disposed of, it has ended, unless a hold of it is not resolved. @throws TGL_STORE_UNAVAILABLE */
export async function joinFile({ database, clock, entropy }: FileContext): Promise<FileLessee> {
  const id = `lessee_${Buffer.from(entropy(12)).toString('hex')}`;
  const lock = lockFile(lockPath(database, id));
  if (lock === undefined) throw new TypeError('joinFile: somebody else has the same identifier');
  await database.query
    .insertInto('lessee')
    // It ends with its process, and at no time.
    .values({ id, expires_at: clock.now(), state: 'open' })
    .execute();
  return {
    id,
    [Symbol.asyncDispose]: async () => {
      const open = await database.query
        .selectFrom('ledger')
        .select('request')
        .where('ledger.lease', '=', id)
        .where(isUnresolved)
        .limit(1)
        .execute();
      if (open.length === 0) await end(database, id);
      lock.close();
      if (open.length === 0) rmSync(lockPath(database, id), { force: true });
    },
  };
}

/** Ends the lessees whose processes are gone, with their holds; over PostgreSQL a lender does.
 *
 * @returns the requests that were lost
 * @throws TGL_STORE_UNAVAILABLE */
export async function reapFile(database: Database): Promise<readonly string[]> {
  if (database.location.type === 'postgres') return [];
  const open = await database.query.selectFrom('lessee').select('id').where('state', '=', 'open').execute();
  const lost: string[] = [];
  for (const { id } of open) {
    const lock = lockFile(lockPath(database, id));
    if (lock === undefined) continue;
    try {
      lost.push(
        ...(await database.change(async (transaction) => {
          const requests = await loseHolds(transaction, database.dialect, id);
          await transaction.updateTable('lessee').set({ state: 'closed' }).where('id', '=', id).execute();
          return requests;
        })),
      );
    } finally {
      lock.close();
    }
    rmSync(lockPath(database, id), { force: true });
  }
  return lost;
}

async function end({ query }: Database, id: string): Promise<void> {
  await query.updateTable('lessee').set({ state: 'closed' }).where('id', '=', id).execute();
}

/** Of a store that no other process can see, nothing has to be locked. */
function lockPath({ location }: Database, id: string): string {
  if (location.type === 'postgres') throw new TypeError('lockPath: this is no file');
  return location.path === inMemory ? inMemory : `${location.path}-${id}`;
}

const inMemory = ':memory:';
const busy = 5;

/** Held until it is closed, or its process is gone. Undefined while another process holds it. @throws TGL_STORE_UNAVAILABLE */
function lockFile(path: string): DatabaseSync | undefined {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(path, { timeout: 0 });
    lock.exec('begin exclusive');
    return lock;
  } catch (cause) {
    lock?.close();
    if ((((cause as { readonly errcode?: number }).errcode ?? 0) & 0xff) === busy) return undefined;
    throw storeError(path, cause);
  }
}
