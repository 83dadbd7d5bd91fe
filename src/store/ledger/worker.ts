// The thread of the ledger's writer: takes a batch of rows, answers once they are durable, and rolls up between batches.
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { openSqliteLedger } from './sqlite-ledger.ts';
import type { FromWriter, ToWriter, WriterSetup } from './writer-thread.ts';

/** Another process may hold the write lock for so long. */
const busyMs = 5000;

const { path, rollUpMs, settings } = workerData as WriterSetup;
const database = new DatabaseSync(path, { timeout: busyMs });
for (const setting of ['journal_mode = wal', `synchronous = ${settings.synchronous}`, 'trusted_schema = off'])
  database.exec(`pragma ${setting}`);
const ledger = openSqliteLedger(database);
let hasNew = true;

function answer(message: FromWriter): void {
  parentPort?.postMessage(message);
}

function rollUp(): void {
  try {
    // One step at a time, so that a batch never waits for more than one.
    hasNew = ledger.rollUp();
    if (hasNew) setImmediate(rollUp);
  } catch (error) {
    // The rows are safe, and the sums follow once there is room again.
    answer({ type: 'roll-up-failed', reason: (error as Error).message });
  }
}

const timer = setInterval(() => {
  if (hasNew) rollUp();
}, rollUpMs);

parentPort?.on('message', (message: ToWriter) => {
  if (message.type === 'close') {
    clearInterval(timer);
    try {
      while (ledger.rollUp());
    } catch {
      // Said before; the next start rolls up what is left.
    }
    database.close();
    parentPort?.close();
    return;
  }
  try {
    if (message.type === 'write') ledger.write(message.rows);
    else while (ledger.rollUp());
    hasNew = message.type === 'write';
    answer({ type: 'written' });
  } catch (error) {
    answer({ type: 'failed', reason: (error as Error).message });
  }
});
