// A process for the test that kills it: appends rows to the ledger at the path of its first argument, several at a time, and
// prints the name of each row once it was acknowledged. Used by a test only.
import type { LedgerEntry } from './ledger-entry.ts';
import { openWriterThread } from './writer-thread.ts';

const [path = '', prefix = ''] = process.argv.slice(2);
const ledger = openWriterThread({ path, rollUpMs: 20 });
const clients = 16;

async function client(number: number): Promise<void> {
  for (let count = 0; ; count++) {
    const request = `${prefix}_${number}_${count}`;
    const row: LedgerEntry = {
      ...{ request, kind: 'settle', organisation: 'org', account: 'acc', key: 'key', principal: 'prn' },
      ...{ model: 'r1', engine: 'llama', operation: 'completions', at: count, prompt: 3, cached: 1 },
      ...{ reasoning: 2, answer: 2, amount: 10, currency: 'EUR', price: null, lease: null },
      ...{ outcome: 'finished', estimated: false, policyVersion: null },
    };
    await ledger.append(row);
    process.stdout.write(`${request}\n`);
    // A client that tries again, as after an answer that got lost.
    if (count % 5 === 0) await ledger.append(row);
  }
}

await Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
