// The writing side of the ledger in a file of SQLite: prepared statements on a connection of its own, one transaction a batch.
// Runs in a thread of its own, since a commit waits for the disk.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import {
  type ChainHead,
  chainStart,
  type EntryValues,
  hashVersion,
  nextHead,
  writtenColumns,
} from './ledger-entry.ts';
import { headStatement } from './pruned.ts';
import { type RollUpStatements, rollUpStatements } from './roll-up.ts';

export type SqliteLedger = {
  /** Writes the rows that are not there yet, by request and kind. Throws what SQLite does, and has written none then. */
  readonly write: (rows: readonly EntryValues[]) => void;
  /** Adds rows to the roll-ups that are behind their checkpoint, some thousands at most. Whether there may be more. */
  readonly rollUp: () => boolean;
};

/** All processes on one file write one chain, each continuing where the last one ended. */
export const sqliteWriter = 'local';

const maxRolledUp = 5000;

const columns = writtenColumns.map(([name]) => name);

/** By name, so that a test can ask how each of them is executed. */
export const sqliteStatements: RollUpStatements & Readonly<Record<'head' | 'insert', string>> = {
  head: headStatement('sqlite'),
  insert: `insert into ledger (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})
    on conflict (request, kind) do nothing`,
  ...rollUpStatements('sqlite'),
};

export function openSqliteLedger(database: DatabaseSync): SqliteLedger {
  const head = database.prepare(sqliteStatements.head);
  const insert = database.prepare(sqliteStatements.insert);
  const rollUps = {
    checkpoint: database.prepare(sqliteStatements.checkpoint),
    minute: database.prepare(sqliteStatements.minute),
    hour: database.prepare(sqliteStatements.hour),
    day: database.prepare(sqliteStatements.day),
    advance: database.prepare(sqliteStatements.advance),
  };
  const inTransaction = transactionsOf(database);
  return {
    write: (rows) =>
      inTransaction(() => {
        let last = headOf(head);
        for (const values of rows) {
          const next = nextHead(last, sqliteWriter, values);
          const { changes } = insert.run(sqliteWriter, next.sequence, hashVersion, next.hash, ...values);
          if (changes === 1) last = next;
        }
      }),
    rollUp: () =>
      // The checkpoint is read inside, since another process may roll up as well.
      inTransaction(() => {
        const from = (rollUps.checkpoint.get(sqliteWriter)?.up_to_seq as number | undefined) ?? 0;
        const end = headOf(head).sequence;
        if (end <= from) return false;
        const upTo = Math.min(end, from + maxRolledUp);
        for (const width of ['minute', 'hour', 'day'] as const) rollUps[width].run(sqliteWriter, from, upTo);
        rollUps.advance.run(sqliteWriter, upTo);
        return upTo < end;
      }),
  };
}

function headOf(statement: StatementSync): ChainHead {
  const row = statement.get(sqliteWriter);
  return row === undefined
    ? chainStart
    : { sequence: row.writer_seq as number, hash: row.chain_hash as string };
}

/** Begins and ends transactions by statements that are prepared once. */
function transactionsOf(database: DatabaseSync): <Value>(work: () => Value) => Value {
  const begin = database.prepare('begin immediate');
  const commit = database.prepare('commit');
  return (work) => {
    begin.run();
    try {
      const value = work();
      commit.run();
      return value;
    } catch (error) {
      // A full disk, for one, has ended the transaction already.
      if (database.isTransaction) database.exec('rollback');
      throw error;
    }
  };
}
