// The removal of what has been in the audit log for long enough: the first rows of a chain, some at a time. What they were is gone;
// that they were, how many, and the hash that the next row follows is said by a signed entry at the end of the same chain.
import { setImmediate as turn } from 'node:timers/promises';
import type { Query } from '../connection/database.ts';
import type { Author, ChainName } from './audit-entry.ts';
import type { HeadSigner } from './audit-log.ts';
import { changeStore, type StoreContext } from './change-audited.ts';
import { headText } from './verify-audit.ts';

type Expired = { readonly rows: number; readonly seq: number; readonly hash: string };

const rowsAtOnce = 1000;

/** How many rows of a chain are all from before a moment. @throws TGL_STORE_UNAVAILABLE */
export async function countPrunableAudit(
  { database: { query } }: Pick<StoreContext, 'database'>,
  chain: ChainName,
  before: number,
): Promise<number> {
  let [count, last] = [0, 0];
  for (;;) {
    const found = await expiredBehind(query, chain, before, last);
    if (found === undefined) return count;
    count += found.rows;
    last = found.seq;
  }
}

/**
 * Removes them, in transactions of some rows each.
 *
 * @param signal ends it behind the transaction that is being made
 * @returns how many they were
 * @throws TGL_STORE_UNAVAILABLE, after which each transaction has been made or not
 */
export async function pruneAudit(
  context: StoreContext,
  signer: HeadSigner,
  author: Author,
  { chain, before }: { readonly chain: ChainName; readonly before: number },
  signal?: AbortSignal,
): Promise<number> {
  let count = 0;
  while (signal?.aborted !== true) {
    // Without this look, a day on which nothing is removed would leave an entry.
    if ((await expiredBehind(context.database.query, chain, before, 0)) === undefined) break;
    count += await pruneOnce(context, signer, author, chain, before);
    // Nothing of SQLite waits for the event loop, and whoever is being answered does.
    await turn();
  }
  return count;
}

async function pruneOnce(
  context: StoreContext,
  signer: HeadSigner,
  author: Author,
  chain: ChainName,
  before: number,
): Promise<number> {
  const target = { type: 'audit-chain', id: chain };
  return changeStore(context, async ({ transaction, audit }) => {
    const found = await expiredBehind(transaction, chain, before, 0);
    // Another node may have been here meanwhile.
    if (found === undefined) return 0;
    const { rows, seq, hash } = found;
    const day = new Date(context.clock.now()).toISOString().slice(0, 10);
    const head = { chain, seq, hash, day, pruned: { rows, before } };
    await transaction.updateTable('audit_head').set({ pruned_seq: seq }).where('chain', '=', chain).execute();
    await transaction.deleteFrom('audit').where('chain', '=', chain).where('seq', '<=', seq).execute();
    const signature = { ...head, publicKey: signer.publicKey, signature: signer.sign(headText(head)) };
    const change = { chain, author, action: 'audit.pruned', target } as const;
    await audit(change, { before: null, after: head, signature });
    return rows;
  });
}

/**
 * Those at the beginning of a chain, or behind a row, up to the first that has to stay. Entries about removals alone are not worth
 * another one.
 */
async function expiredBehind(
  query: Pick<Query, 'selectFrom'>,
  chain: ChainName,
  before: number,
  last: number,
): Promise<Expired | undefined> {
  const rows = await query
    .selectFrom('audit')
    .select(['seq', 'at', 'hash', 'action'])
    .where('chain', '=', chain)
    .where('seq', '>', last)
    .orderBy('seq')
    .limit(rowsAtOnce)
    .execute();
  const kept = rows.findIndex(({ at }) => at >= before);
  const expired = kept === -1 ? rows : rows.slice(0, kept);
  const end = expired.at(-1);
  if (end === undefined || expired.every(({ action }) => action === 'audit.pruned')) return undefined;
  return { rows: expired.length, seq: end.seq, hash: end.hash };
}
