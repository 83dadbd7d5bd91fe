// What stands in the place of rows of the ledger that were removed: for each run of them the hash that the next row follows, and for each
// account what they came to. Both are signed, so that nobody without the key can remove more.
import { CompiledQuery } from 'kysely';
import { canonicalJson } from '../../base/index.ts';
import type { Query } from '../connection/database.ts';
import type { SqlDialect } from '../connection/sql-dialect.ts';
import type { PrunedRangeRow, PrunedUseRow } from '../schema/tables.ts';
import { type ChainHead, chainStart } from './ledger-entry.ts';

/** Consecutive rows of one writer, and the hash of the last of them. */
export type PrunedRange = Pick<PrunedRangeRow, 'writer' | 'from_seq' | 'to_seq' | 'hash'>;

/** The text of a range that is signed. */
export function rangeText({ writer, from_seq, to_seq, hash }: PrunedRange): string {
  return canonicalJson({ pruned: 'ledger', writer, from: from_seq, to: to_seq, hash });
}

type PrunedUse = Omit<PrunedUseRow, 'public_key' | 'signature'>;

/** The text of what removed rows came to that is signed. */
export function prunedUseText({ organisation, account, currency, before_at, sums }: PrunedUse): string {
  return canonicalJson({ pruned: 'use', organisation, account, currency, before: before_at, sums });
}

const sumNames = ['rows', 'requests', 'prompt', 'cached', 'reasoning', 'answer', 'amount'] as const;

/** Whole numbers, which over years can be beyond what a number holds. */
export type PrunedSums = Readonly<Record<(typeof sumNames)[number], bigint>>;

export const noSums: PrunedSums = {
  ...{ rows: 0n, requests: 0n, prompt: 0n, cached: 0n, reasoning: 0n, answer: 0n, amount: 0n },
};

export function writeSums(sums: PrunedSums): string {
  return canonicalJson(Object.fromEntries(sumNames.map((name) => [name, String(sums[name])])));
}

export function readSums(text: string): PrunedSums {
  const stored = JSON.parse(text) as Readonly<Record<string, string>>;
  return mapSums((name) => BigInt(stored[name] ?? '0'));
}

export function addSums(one: PrunedSums, other: PrunedSums): PrunedSums {
  return mapSums((name) => one[name] + other[name]);
}

function mapSums(sumOf: (name: keyof PrunedSums) => bigint): PrunedSums {
  return Object.fromEntries(sumNames.map((name) => [name, sumOf(name)])) as PrunedSums;
}

/**
 * Runs that touch become one.
 *
 * @param ranges of one writer, none of which overlap
 */
export function joinRanges(ranges: readonly PrunedRange[]): readonly PrunedRange[] {
  const joined: PrunedRange[] = [];
  for (const range of ranges.toSorted((one, other) => one.from_seq - other.from_seq)) {
    const last = joined.at(-1);
    if (last === undefined || last.to_seq + 1 !== range.from_seq) joined.push(range);
    else joined[joined.length - 1] = { ...range, from_seq: last.from_seq };
  }
  return joined;
}

/** The range that a row which is gone lies in. */
export async function rangeAt(
  query: Pick<Query, 'selectFrom'>,
  writer: string,
  sequence: number,
): Promise<PrunedRangeRow | undefined> {
  return query
    .selectFrom('pruned_range')
    .selectAll()
    .where('writer', '=', writer)
    .where('from_seq', '<=', sequence)
    .where('to_seq', '>=', sequence)
    .orderBy('from_seq', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Where the chain of a writer ends, whether or not its last row is still there. It takes the writer. */
export function headStatement(dialect: 'sqlite' | 'postgres'): string {
  const writer = dialect === 'sqlite' ? '?1' : '$1';
  return `select writer_seq, chain_hash from (
      select writer_seq, chain_hash from ledger where writer = ${writer} order by writer_seq desc limit 1
    ) as kept
    union all select to_seq, hash from (
      select to_seq, hash from pruned_range where writer = ${writer} order by from_seq desc limit 1
    ) as pruned
    order by 1 desc limit 1`;
}

/** The same, in a transaction of whoever is no writer. */
export async function headOfWriter(
  query: Pick<Query, 'executeQuery'>,
  dialect: SqlDialect,
  writer: string,
): Promise<ChainHead> {
  const statement = CompiledQuery.raw(headStatement(dialect.name), [writer]);
  const { rows } = await query.executeQuery<{ readonly writer_seq: number; readonly chain_hash: string }>(
    statement as CompiledQuery<{ readonly writer_seq: number; readonly chain_hash: string }>,
  );
  const [newest] = rows;
  return newest === undefined ? chainStart : { sequence: Number(newest.writer_seq), hash: newest.chain_hash };
}
