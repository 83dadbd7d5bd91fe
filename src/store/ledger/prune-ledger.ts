// The removal of rows of the ledger whose time has come: those of one account at a time, since each may have a period of its own, while rows
// of all accounts stand in one chain. Roll-ups stay; only what is in them is removed.
import { setImmediate as turn } from 'node:timers/promises';
import type { Transaction } from 'kysely';
import type { OrganisationId } from '../../traffic/index.ts';
import type { Author } from '../audit/audit-entry.ts';
import type { HeadSigner } from '../audit/audit-log.ts';
import { changeStore, type StoreContext } from '../audit/change-audited.ts';
import type { Query } from '../connection/database.ts';
import type { LedgerRow, Tables } from '../schema/tables.ts';
import {
  addSums,
  joinRanges,
  noSums,
  type PrunedRange,
  type PrunedSums,
  prunedUseText,
  rangeText,
  readSums,
  writeSums,
} from './pruned.ts';
import { billedKinds, endingKinds } from './roll-up.ts';

export type PrunedAccount = {
  readonly organisation: OrganisationId;
  /** Empty for rows of no account, such as credits for everybody. */
  readonly account: string;
  /** Rows of requests from before are meant; the beginning of a day of UTC, in milliseconds since the Unix epoch. */
  readonly before: number;
};

/** A transaction stops the process that makes it for some ten milliseconds. */
const rowsAtOnce = 500;

/** @throws TGL_STORE_UNAVAILABLE */
export async function countPrunableLedger(
  { database: { query } }: Pick<StoreContext, 'database'>,
  pruned: PrunedAccount,
): Promise<number> {
  const { count } = await expired(query, pruned)
    .select((row) => row.fn.countAll().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/**
 * Removes them, in transactions of some rows each.
 *
 * @param signal ends it behind the transaction that is being made
 * @returns how many they were
 * @throws TGL_STORE_UNAVAILABLE, after which each transaction has been made or not
 */
export async function pruneLedger(
  context: StoreContext,
  signer: HeadSigner,
  author: Author,
  pruned: PrunedAccount,
  signal?: AbortSignal,
): Promise<number> {
  let count = 0;
  while (signal?.aborted !== true) {
    const first = await expired(context.database.query, pruned).select('seq').limit(1).executeTakeFirst();
    if (first === undefined) break;
    count += await pruneOnce(context, signer, author, pruned);
    // Nothing of SQLite waits for the event loop, and whoever is being answered does.
    await turn();
  }
  return count;
}

type ExpiredRow = Pick<
  LedgerRow,
  | ('writer' | 'writer_seq' | 'chain_hash' | 'kind' | 'currency')
  | ('prompt' | 'cached' | 'reasoning' | 'answer' | 'amount')
> & { readonly seq: number };

async function pruneOnce(
  context: StoreContext,
  signer: HeadSigner,
  author: Author,
  pruned: PrunedAccount,
): Promise<number> {
  const { organisation, account, before } = pruned;
  const target = { type: 'account', id: account === '' ? organisation : account };
  return changeStore(context, async ({ transaction, audit }) => {
    const rows: readonly ExpiredRow[] = await expired(transaction, pruned)
      .select(['seq', 'ledger.writer', 'writer_seq', 'chain_hash', 'kind', 'currency'])
      .select(['prompt', 'cached', 'reasoning', 'answer', 'amount'])
      .orderBy('at')
      .limit(rowsAtOnce)
      .execute();
    // Another node may have been here meanwhile.
    if (rows.length === 0) return 0;
    for (const [writer, own] of Map.groupBy(rows, (row) => row.writer))
      await noteRanges(transaction, signer, writer, own);
    for (const [currency, own] of Map.groupBy(rows, (row) => row.currency))
      await noteUse(transaction, signer, pruned, currency, own);
    const numbers = rows.map(({ seq }) => seq);
    await transaction.deleteFrom('ledger').where('seq', 'in', numbers).execute();
    const after = { rows: rows.length, before, first: Math.min(...numbers), last: Math.max(...numbers) };
    const change = { chain: organisation, author, action: 'ledger.pruned', target } as const;
    await audit(change, { before: null, after });
    return rows.length;
  });
}

/** What is not rolled up yet stays for now. */
function expired(query: Pick<Query, 'selectFrom'>, { organisation, account, before }: PrunedAccount) {
  return query
    .selectFrom('ledger')
    .innerJoin('rollup_checkpoint', 'rollup_checkpoint.writer', 'ledger.writer')
    .whereRef('writer_seq', '<=', 'up_to_seq')
    .where('organisation', '=', organisation)
    .where('account', '=', account)
    .where('at', '<', before);
}

async function noteRanges(
  transaction: Transaction<Tables>,
  signer: HeadSigner,
  writer: string,
  rows: readonly ExpiredRow[],
): Promise<void> {
  const fresh = joinRanges(
    rows.map(({ writer_seq, chain_hash }) => ({
      ...{ writer, from_seq: writer_seq, to_seq: writer_seq, hash: chain_hash },
    })),
  );
  const [first, last] = [fresh[0]?.from_seq ?? 0, fresh.at(-1)?.to_seq ?? 0];
  const near = await transaction
    .selectFrom('pruned_range')
    .select(['writer', 'from_seq', 'to_seq', 'hash'])
    .where('writer', '=', writer)
    .where('to_seq', '>=', first - 1)
    .where('from_seq', '<=', last + 1)
    .execute();
  const nameOf = ({ from_seq, to_seq }: PrunedRange): string => `${from_seq} ${to_seq}`;
  const joined = joinRanges([...near, ...fresh]);
  const [before, after] = [near, joined].map((ranges) => new Set(ranges.map(nameOf)));
  const gone = near.filter((range) => !after?.has(nameOf(range))).map(({ from_seq }) => from_seq);
  if (gone.length > 0)
    await transaction
      .deleteFrom('pruned_range')
      .where('writer', '=', writer)
      .where('from_seq', 'in', gone)
      .execute();
  const made = joined
    .filter((range) => !before?.has(nameOf(range)))
    .map((range) => ({ ...range, ...signed(signer, rangeText(range)) }));
  if (made.length > 0) await transaction.insertInto('pruned_range').values(made).execute();
}

async function noteUse(
  transaction: Transaction<Tables>,
  signer: HeadSigner,
  { organisation, account, before }: PrunedAccount,
  currency: string,
  rows: readonly ExpiredRow[],
): Promise<void> {
  const known = await transaction
    .selectFrom('pruned_use')
    .select(['before_at', 'sums'])
    .where('organisation', '=', organisation)
    .where('account', '=', account)
    .where('currency', '=', currency)
    .executeTakeFirst();
  const use = {
    ...{ organisation, account, currency, before_at: Math.max(before, known?.before_at ?? 0) },
    sums: writeSums(rows.map(sumsOf).reduce(addSums, known === undefined ? noSums : readSums(known.sums))),
  };
  const whole = { ...use, ...signed(signer, prunedUseText(use)) };
  await transaction
    .insertInto('pruned_use')
    .values(whole)
    .onConflict((conflict) => conflict.columns(['organisation', 'account', 'currency']).doUpdateSet(whole))
    .execute();
}

/** As roll-ups count them. */
function sumsOf({ kind, prompt, cached, reasoning, answer, amount }: ExpiredRow): PrunedSums {
  if (!billedKinds.includes(kind)) return { ...noSums, rows: 1n };
  return {
    ...{ rows: 1n, requests: endingKinds.includes(kind) ? 1n : 0n },
    ...{ prompt: BigInt(prompt), cached: BigInt(cached), reasoning: BigInt(reasoning) },
    ...{ answer: BigInt(answer), amount: BigInt(amount) },
  };
}

function signed(signer: HeadSigner, text: string) {
  return { public_key: signer.publicKey, signature: signer.sign(text) };
}
