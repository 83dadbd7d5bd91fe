// The ledger over PostgreSQL: batches by `unnest` on one connection, which is made anew after any failure. Each process is a
// writer with a chain of its own. A commit whose answer got lost is harmless: rows that are there already are left out.
import pg from 'pg';
import { TiegelError } from '../../base/index.ts';
import { connectionSettings } from '../connection/postgres.ts';
import { createGroupCommit } from './group-commit.ts';
import { countLateUse, lateUse } from './late-use.ts';
import {
  type ChainHead,
  chainStart,
  type EntryValues,
  entryColumns,
  hashVersion,
  nextHead,
  valuesOf,
  writtenColumns,
} from './ledger-entry.ts';
import { headStatement } from './pruned.ts';
import { type RollUpStatements, rollUpStatements } from './roll-up.ts';
import type { Ledger } from './writer-thread.ts';

export type PostgresLedgerOptions = {
  readonly url: string;
  /** Names the chain of this process; nobody else writes under it. */
  readonly writer: string;
  /** @default 1000 */
  readonly rollUpMs?: number;
  /** Told of what nobody waits for. @default nobody is */
  readonly onProblem?: (reason: string) => void;
};

const maxBatch = 1024;
const columns = writtenColumns.map(([name]) => name);
const lists = writtenColumns.map(
  ([, type], index) => `$${index + 1}::${type === 'integer' ? 'bigint' : 'text'}[]`,
);

/** By name, so that a test can ask how each of them is executed. */
export const postgresStatements: RollUpStatements &
  Readonly<Record<'head' | 'known' | 'insert' | 'register' | 'writers' | 'lessees' | 'lateUse', string>> = {
  head: headStatement('postgres'),
  known: `select request, kind from ledger
    where (request, kind) in (select * from unnest($1::text[], $2::text[]))`,
  insert: `insert into ledger (${columns.join(', ')}) select * from unnest(${lists.join(', ')})`,
  // Whoever ends the leases of a lessee waits for the settlements that are being written, or comes before them.
  lessees: `select id from lessee where id = any($1::text[]) and state = 'open' order by id for share`,
  lateUse,
  ...rollUpStatements('postgres'),
  register: 'insert into rollup_checkpoint (writer, up_to_seq) values ($1, 0) on conflict do nothing',
  writers: 'select writer from rollup_checkpoint order by writer',
  // Whoever rolls up the rows of a writer does so alone.
  checkpoint: 'select up_to_seq from rollup_checkpoint where writer = $1 for update',
};

export function openPostgresLedger(options: PostgresLedgerOptions): Ledger {
  const { url, writer, rollUpMs = 1000, onProblem } = options;
  let connection: Promise<pg.Client> | undefined;
  let head: ChainHead | undefined;

  const fail = (cause: unknown): TiegelError => {
    const broken = connection;
    connection = undefined;
    head = undefined;
    void broken?.then((client) => client.end()).catch(() => {});
    return new TiegelError('TGL_LEDGER_UNAVAILABLE', { reason: (cause as Error).message }, { cause });
  };
  /** All of the work in one transaction, one after another. */
  let last: Promise<unknown> = Promise.resolve();
  const transact = (work: (client: pg.Client) => Promise<void>): Promise<void> => {
    const done = last.then(async () => {
      try {
        connection ??= connect(url);
        const client = await connection;
        await client.query('begin');
        await work(client);
        await client.query('commit');
      } catch (cause) {
        throw fail(cause);
      }
    });
    last = done.catch(() => {});
    return done;
  };

  const write = async (rows: readonly EntryValues[]): Promise<void> => {
    let next = head;
    await transact(async (client) => {
      if (head === undefined) await client.query(postgresStatements.register, [writer]);
      next = head ?? (await headOf(client, writer));
      const fresh = await inTime(client, await unknownRows(client, rows), onProblem);
      if (fresh.length === 0) return;
      const hashed = fresh.map((values) => {
        next = nextHead(next ?? chainStart, writer, values);
        return [writer, next.sequence, hashVersion, next.hash, ...values];
      });
      await client.query({
        name: 'insert',
        text: postgresStatements.insert,
        values: columns.map((_, column) => hashed.map((row) => row[column])),
      });
      await countLateUse(client, await lateRequests(client, fresh));
    });
    head = next;
  };
  const rollUpOf = (one: string): Promise<void> =>
    transact(async (client) => {
      const from = Number((await client.query(postgresStatements.checkpoint, [one])).rows[0]?.up_to_seq ?? 0);
      const { sequence } = await headOf(client, one);
      if (sequence <= from) return;
      for (const width of ['minute', 'hour', 'day'] as const)
        await client.query(postgresStatements[width], [one, from, sequence]);
      await client.query(postgresStatements.advance, [one, sequence]);
    });
  /** Also what a process that has died has left. */
  const rollUp = async (): Promise<void> => {
    let writers: readonly string[] = [];
    await transact(async (client) => {
      writers = (await client.query(postgresStatements.writers)).rows.map((row) => row.writer);
    });
    for (const one of writers) await rollUpOf(one);
  };

  const { append, drained } = createGroupCommit<EntryValues>({ commit: write, maxBatch });
  let rolled = head;
  const timer = setInterval(() => {
    if (rolled?.sequence === head?.sequence) return;
    rolled = head;
    rollUpOf(writer).catch((error: Error) => onProblem?.(error.message));
  }, rollUpMs);
  return {
    append: (entry) => append(valuesOf(entry)),
    rollUp,
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      await drained();
      await rollUp().catch((error: Error) => onProblem?.(error.message));
      await connection?.then((client) => client.end()).catch(() => {});
    },
  };
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client(connectionSettings(url, 'tiegel ledger'));
  // What is lost while nobody asks is told whoever asks next.
  client.on('error', () => {});
  await client.connect();
  return client;
}

async function headOf(client: pg.Client, writer: string): Promise<ChainHead> {
  const [row] = (await client.query(postgresStatements.head, [writer])).rows;
  return row === undefined ? chainStart : { sequence: Number(row.writer_seq), hash: row.chain_hash };
}

/**
 * The rows as they are written: a settlement whose lease was ended meanwhile is late, since what it used of its limits may be
 * granted to others already. Holds that were there then are lost, so that nothing is left to release; and who would hold more
 * has stood still for so long that it refuses the request.
 */
async function inTime(
  client: pg.Client,
  rows: readonly EntryValues[],
  onProblem: PostgresLedgerOptions['onProblem'],
): Promise<readonly EntryValues[]> {
  const leases = new Set(rows.flatMap((values) => values[leaseColumn] ?? []));
  if (leases.size === 0) return rows;
  const { rows: found } = await client.query(postgresStatements.lessees, [[...leases]]);
  const isOpen = new Set(found.map(({ id }) => id));
  const isEnded = (values: EntryValues): boolean =>
    values[leaseColumn] !== null && !isOpen.has(values[leaseColumn]);
  if (!rows.some(isEnded)) return rows;
  const settled = rows.filter((values) => isEnded(values) && values[kindColumn] === 'settle');
  const late = settled.map((values) => values.with(kindColumn, 'late'));
  const fresh = await unknownRows(client, late);
  for (const [request] of fresh)
    onProblem?.(`request ${request} was settled after its lease had been ended, and stands there as late`);
  return [...rows.filter((values) => !isEnded(values)), ...fresh];
}

/** Of those that were lost, more was counted already. */
async function lateRequests(client: pg.Client, rows: readonly EntryValues[]): Promise<readonly string[]> {
  const late = rows.filter((values) => values[kindColumn] === 'late');
  if (late.length === 0) return [];
  const counted = late.map((values) => values.with(kindColumn, 'lost'));
  return (await unknownRows(client, counted)).map(([request]) => String(request));
}

const kindColumn = entryColumns.indexOf('kind');
const leaseColumn = entryColumns.indexOf('lease');

/** Those that are not in the ledger yet, each once. */
async function unknownRows(client: pg.Client, rows: readonly EntryValues[]): Promise<readonly EntryValues[]> {
  const nameOf = ([request, kind]: EntryValues): string => `${request} ${kind}`;
  const fresh = new Map(rows.toReversed().map((values) => [nameOf(values), values]));
  const all = rows.filter((values) => fresh.get(nameOf(values)) === values);
  const known = await client.query({
    name: 'known',
    text: postgresStatements.known,
    values: [all.map(([request]) => request), all.map(([, kind]) => kind)],
  });
  const there = new Set(known.rows.map(({ request, kind }) => `${request} ${kind}`));
  return all.filter((values) => !there.has(nameOf(values)));
}
