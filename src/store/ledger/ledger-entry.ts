// One row of the ledger, and the chain that binds the rows of a writer: the hash of a row is the SHA-256 of the hash before it
// and of the row's members as canonical JSON, so that no row can be changed, dropped or moved without all behind it.
import { hash } from 'node:crypto';
import { TiegelError } from '../../base/index.ts';
import type { LedgerRow } from '../schema/tables.ts';

/**
 * `settle` ends a request; `hold` and its end by `release` or `lost` are of requests that cost somebody else's money; `late`
 * came when the lease was closed; `correct` and `credit` are by hand.
 */
export type EntryKind = LedgerRow['kind'];

export type LedgerEntry = {
  readonly request: string;
  readonly kind: EntryKind;
  readonly organisation: string;
  readonly account: string;
  readonly key: string;
  readonly principal: string;
  readonly model: string;
  readonly engine: string;
  /** What was asked for, such as `completions` or `embeddings`. */
  readonly operation: string;
  /** When the request was admitted, in milliseconds since the Unix epoch. */
  readonly at: number;
  /** Tokens. The prompt has the cached ones in it; reasoning and answer together are the completion. */
  readonly prompt: number;
  readonly cached: number;
  readonly reasoning: number;
  readonly answer: number;
  /** Nano-units of the currency. */
  readonly amount: number;
  readonly currency: string;
  /** The digest of the price; null where there is none. */
  readonly price: string | null;
  readonly lease: string | null;
  /** How the request ended. */
  readonly outcome: string;
  /** Counted here, because nobody else has. */
  readonly estimated: boolean;
  readonly policyVersion: number | null;
};

/** The columns of an entry in the order in which they are hashed and written. */
export const entryColumns = [
  'request',
  'kind',
  'organisation',
  'account',
  'key',
  'principal',
  'model',
  'engine',
  'operation',
  'at',
  'prompt',
  'cached',
  'reasoning',
  'answer',
  'amount',
  'currency',
  'price',
  'lease',
  'outcome',
  'estimated',
  'policy_version',
] as const;

export type EntryValues = readonly (string | number | null)[];

export function valuesOf(entry: LedgerEntry): EntryValues {
  return [
    entry.request,
    entry.kind,
    entry.organisation,
    entry.account,
    entry.key,
    entry.principal,
    entry.model,
    entry.engine,
    entry.operation,
    entry.at,
    entry.prompt,
    entry.cached,
    entry.reasoning,
    entry.answer,
    entry.amount,
    entry.currency,
    entry.price,
    entry.lease,
    entry.outcome,
    entry.estimated ? 1 : 0,
    entry.policyVersion,
  ];
}

/** Where a chain ends. */
export type ChainHead = { readonly sequence: number; readonly hash: string };

export const chainStart: ChainHead = { sequence: 0, hash: '' };

/** The hash of the row behind `head`. An array of texts, whole numbers and nulls is canonical JSON as it is printed. */
export function nextHead(head: ChainHead, writer: string, values: EntryValues): ChainHead {
  const sequence = head.sequence + 1;
  return { sequence, hash: hash('sha256', head.hash + JSON.stringify([writer, sequence, ...values]), 'hex') };
}

/** A row as it was read. */
export type StoredEntry = {
  readonly writer: string;
  readonly sequence: number;
  readonly hash: string;
  readonly values: EntryValues;
};

/**
 * Checks that rows, given by writer and sequence, are whole chains.
 *
 * @returns the number of rows and the head of each writer
 * @throws TGL_LEDGER_DAMAGED for the first row that is not what was written
 */
export function verifyChains(rows: Iterable<StoredEntry>): {
  readonly rows: number;
  readonly heads: ReadonlyMap<string, ChainHead>;
} {
  const heads = new Map<string, ChainHead>();
  let count = 0;
  for (const { writer, sequence, hash: stored, values } of rows) {
    const head = heads.get(writer) ?? chainStart;
    const next = nextHead(head, writer, values);
    const damaged = (problem: string): TiegelError =>
      new TiegelError('TGL_LEDGER_DAMAGED', { row: sequence, writer, problem });
    if (sequence !== next.sequence) throw damaged(`stands where ${next.sequence} should`);
    if (stored !== next.hash) throw damaged('was changed, or one before it');
    heads.set(writer, next);
    count++;
  }
  return { rows: count, heads };
}
