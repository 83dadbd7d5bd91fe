// One row of the ledger, and the chain that binds the rows of a writer: the hash of a row is the SHA-256 of the hash before it
// and of the row's columns as canonical JSON, so that no row can be changed, dropped or moved without all behind it. Each row
// says in which form it was hashed, so that columns can be added later.
import { hash } from 'node:crypto';
import { TiegelError } from '../../base/index.ts';
import type { LedgerRow } from '../schema/tables.ts';

/** What is recorded; the rest of a row is the writer's. */
export type LedgerEntry = Omit<LedgerRow, 'seq' | 'writer' | 'writer_seq' | 'hash_version' | 'chain_hash'>;

export type EntryKind = LedgerEntry['kind'];

/** Of a row that says nothing of samples, tiers and energy. */
export const nothingSpread: Pick<
  LedgerEntry,
  'parent' | 'tier' | 'samples' | 'probes' | 'discarded' | 'probed' | 'millijoules' | 'energy'
> = {
  ...{ parent: null, tier: null, samples: 0, probes: 0, discarded: 0, probed: 0 },
  ...{ millijoules: null, energy: null },
};

/** The columns of an entry in the order in which they are hashed and written. The compiler asks for each of them. */
const typeOfColumn = {
  request: 'text',
  kind: 'text',
  organisation: 'text',
  account: 'text',
  key: 'text',
  principal: 'text',
  model: 'text',
  engine: 'text',
  operation: 'text',
  at: 'integer',
  prompt: 'integer',
  cached: 'integer',
  reasoning: 'integer',
  answer: 'integer',
  amount: 'integer',
  currency: 'text',
  price: 'text',
  lease: 'text',
  outcome: 'text',
  estimated: 'integer',
  policy_version: 'integer',
  corrects: 'text',
  parent: 'text',
  tier: 'integer',
  samples: 'integer',
  probes: 'integer',
  discarded: 'integer',
  probed: 'integer',
  millijoules: 'integer',
  energy: 'text',
} as const satisfies Readonly<Record<keyof LedgerEntry, 'text' | 'integer'>>;

export const entryColumns = Object.keys(typeOfColumn) as readonly (keyof LedgerEntry)[];

/** All columns in the order in which a writer writes them, each with its type. */
export const writtenColumns: readonly (readonly [keyof LedgerRow, 'text' | 'integer'])[] = [
  ['writer', 'text'],
  ['writer_seq', 'integer'],
  ['hash_version', 'integer'],
  ['chain_hash', 'text'],
  ...entryColumns.map((name) => [name, typeOfColumn[name]] as const),
];

export type EntryValues = readonly (string | number | null)[];

export function valuesOf(entry: LedgerEntry): EntryValues {
  return entryColumns.map((column) => entry[column]);
}

/** Where a chain ends. */
export type ChainHead = { readonly sequence: number; readonly hash: string };

export const chainStart: ChainHead = { sequence: 0, hash: '' };

/** Those up to the version of the policy, and up to the request that is corrected. */
const columnsOfVersion1 = 21;
const columnsOfVersion2 = 22;

/**
 * What is hashed behind the hash before, by version. A version is never changed: a new column, or another order, is a version
 * more, and rows from before go on being hashed as they were.
 */
const hashedTexts: readonly ((writer: string, sequence: number, values: EntryValues) => string)[] = [
  // An array of texts, whole numbers and nulls is canonical JSON as it is printed.
  (writer, sequence, values) => JSON.stringify([writer, sequence, ...values.slice(0, columnsOfVersion1)]),
  (writer, sequence, values) => JSON.stringify([2, writer, sequence, ...values.slice(0, columnsOfVersion2)]),
  (writer, sequence, values) => JSON.stringify([3, writer, sequence, ...values]),
];

/** Of rows that are written now. */
export const hashVersion: number = hashedTexts.length;

/**
 * The hash of the row behind `head`.
 *
 * @throws RangeError for a version that this program does not know
 */
export function nextHead(
  head: ChainHead,
  writer: string,
  values: EntryValues,
  version: number = hashVersion,
): ChainHead {
  const textOf = hashedTexts[version - 1];
  if (textOf === undefined) throw new RangeError(`nextHead: no row is hashed in version ${version}`);
  const sequence = head.sequence + 1;
  return { sequence, hash: hash('sha256', head.hash + textOf(writer, sequence, values), 'hex') };
}

/** A row as it was read. */
export type StoredEntry = {
  readonly writer: string;
  readonly sequence: number;
  readonly hashVersion: number;
  readonly hash: string;
  readonly values: EntryValues;
};

/** Up to where the rows behind a head were removed, as somebody signed it. */
export type PassPruned = (writer: string, sequence: number) => Promise<ChainHead | undefined>;

export type VerifiedChains = { readonly rows: number; readonly heads: ReadonlyMap<string, ChainHead> };

/**
 * Checks that rows, given by writer and sequence, are whole chains, apart from those that were removed.
 *
 * @param pass asked for a row that is missing
 * @returns the number of rows and the head of each writer
 * @throws TGL_LEDGER_DAMAGED for the first row that is not what was written
 */
export async function verifyChains(
  rows: AsyncIterable<StoredEntry> | Iterable<StoredEntry>,
  pass: PassPruned = async () => undefined,
): Promise<VerifiedChains> {
  const heads = new Map<string, ChainHead>();
  let count = 0;
  for await (const { writer, sequence, hashVersion: version, hash: stored, values } of rows) {
    let head = heads.get(writer) ?? chainStart;
    while (sequence > head.sequence + 1) {
      const end = await pass(writer, head.sequence + 1);
      if (end === undefined) break;
      head = end;
    }
    const damaged = (problem: string): TiegelError =>
      new TiegelError('TGL_LEDGER_DAMAGED', { row: sequence, writer, problem });
    if (sequence !== head.sequence + 1) throw damaged(`stands where ${head.sequence + 1} should`);
    if (hashedTexts[version - 1] === undefined)
      throw damaged(`is hashed in version ${version}, and this program knows ${hashVersion}`);
    const next = nextHead(head, writer, values, version);
    if (stored !== next.hash) throw damaged('was changed, or one before it');
    heads.set(writer, next);
    count++;
  }
  return { rows: count, heads };
}
