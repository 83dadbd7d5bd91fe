// A store in a file, checked, copied while it is in use, and brought back from a copy.
import { chmodSync, existsSync, rmSync } from 'node:fs';
import { backup } from 'node:sqlite';
import { type Clock, type Entropy, moveDurably, systemDisk, TiegelError } from '../base/index.ts';
import type { PrincipalId } from '../traffic/index.ts';
import type { Author } from './audit/audit-entry.ts';
import { type VerifySignature, verifyAudit } from './audit/verify-audit.ts';
import { parseLocation } from './connection/location.ts';
import { checkLedger } from './ledger/verify-ledger.ts';
import { openStore, type Store } from './open-store.ts';
import { soundnessProblems } from './schema/migrate.ts';

export type StoreCheck = {
  readonly auditRows: number;
  readonly ledgerRows: number;
  readonly problems: readonly string[];
};

/**
 * Whether the file is sound, every chain of the audit log and of the ledger holds, and the roll-ups are the sums of the ledger.
 *
 * @throws TGL_STORE_UNAVAILABLE
 */
export async function checkStore(store: Store, verify: VerifySignature): Promise<StoreCheck> {
  const { chains, problems } = await verifyAudit(linesOf(store), verify);
  const ledger = await checkLedger(store.database, verify);
  return {
    auditRows: chains.reduce((sum, { rows }) => sum + rows, 0),
    ledgerRows: ledger.rows,
    problems: [
      ...soundnessProblems(store.database),
      ...problems.map(({ chain, seq, problem }) => `audit log ${chain}, row ${seq}: ${problem}`),
      ...ledger.problems,
    ],
  };
}

/** An export of the audit log. */
export async function* linesOf({ audit }: Pick<Store, 'audit'>): AsyncIterable<string> {
  for await (const row of audit.export()) yield JSON.stringify(row);
}

/**
 * Copies a store while it is in use; the copy is of one moment, and appears when it is whole.
 *
 * @throws TGL_STORE_NO_FILE for PostgreSQL; TGL_STORE_FILE_EXISTS; TGL_STORE_UNAVAILABLE
 */
export async function backUpStore({ database }: Store, path: string): Promise<void> {
  const { sqlite, shown } = database;
  if (sqlite === null) throw new TiegelError('TGL_STORE_NO_FILE', { location: shown });
  if (existsSync(path)) throw new TiegelError('TGL_STORE_FILE_EXISTS', { path });
  const temporary = `${path}.${process.pid}.part`;
  try {
    await backup(sqlite, temporary);
    chmodSync(temporary, 0o600);
    moveDurably(temporary, path, systemDisk);
  } finally {
    rmSync(temporary, { force: true });
  }
}

export type RestoreOptions = {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly verify: VerifySignature;
  readonly author: Author;
};

/**
 * Puts a copy in the place of the store, which nobody may use meanwhile. The copy is checked first; who was erased since it was
 * made is erased in it at once; nobody is signed in any more; what was
 * there before is kept beside it.
 *
 * @returns where the store that was there is now, null where there was none; and who was erased again
 * @throws TGL_STORE_NO_FILE, TGL_STORE_DAMAGED, TGL_STORE_IN_USE, and what opening a store throws, after which nothing is changed
 */
export async function restoreStore(
  locationText: string,
  file: string,
  { clock, entropy, verify, author }: RestoreOptions,
): Promise<{ readonly before: string | null; readonly erased: readonly PrincipalId[] }> {
  const location = parseLocation(locationText);
  if (location.type !== 'sqlite' || !existsSync(file))
    throw new TiegelError('TGL_STORE_NO_FILE', {
      location: location.type === 'sqlite' ? file : location.host,
    });
  const { path } = location;
  const copy = `${path}.${process.pid}.restored`;
  const options = { clock, entropy };
  let erased: readonly PrincipalId[] = [];
  try {
    {
      await using source = await openStore(file, options);
      await backUpStore(source, copy);
    }
    {
      await using restored = await openStore(copy, options);
      const { problems } = await checkStore(restored, verify);
      if (problems.length > 0)
        throw new TiegelError('TGL_STORE_DAMAGED', {
          location: file,
          problem: problems.slice(0, 5).join('; '),
        });
      if (existsSync(path)) await keepErasures(path, restored, options);
      erased = await eraseReturned(restored, author);
      await endSessions(restored);
      await restored.audit.record('system', author, {
        ...{ action: 'store.restored', target: { type: 'store', id: 'store' }, refused: null },
      });
    }
    // The last connection takes this file away; what another still has in it would be taken for a part of the copy.
    if (existsSync(`${path}-wal`))
      throw new TiegelError('TGL_STORE_IN_USE', { servers: 'another process has it open' });
    const before = existsSync(path) ? `${path}.before-${clock.now()}` : null;
    if (before !== null) moveDurably(path, before, systemDisk);
    moveDurably(copy, path, systemDisk);
    return { before, erased };
  } finally {
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${copy}${suffix}`, { force: true });
  }
}

async function keepErasures(
  path: string,
  restored: Store,
  options: { readonly clock: Clock; readonly entropy: Entropy },
): Promise<void> {
  await using old = await openStore(path, options);
  const erased = await old.database.query.selectFrom('erasure').selectAll().execute();
  for (const row of erased)
    await restored.database.query
      .insertInto('erasure')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
}

async function eraseReturned(restored: Store, author: Author): Promise<readonly PrincipalId[]> {
  const returned = await restored.erasures.returned();
  for (const { organisation, id } of returned) await restored.erasures.erase(organisation, id, author);
  return returned.map(({ id }) => id);
}

/** Sessions that ended since the copy was made, and links that were used since, would work again. */
async function endSessions({ database }: Store): Promise<void> {
  await database.query.deleteFrom('sign_in_link').execute();
  await database.query.deleteFrom('session').execute();
}
