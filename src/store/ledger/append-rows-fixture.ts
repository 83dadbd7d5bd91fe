// A process for the test that kills it: appends rows to the ledger at the path of its first argument, several at a time, and
// prints the name of each row once it was acknowledged. Used by a test only.
import { ledgerEntry } from './entry-fixture.ts';
import { openWriterThread } from './writer-thread.ts';

const [path = '', prefix = ''] = process.argv.slice(2);
const ledger = openWriterThread({ path, rollUpMs: 20 });
const clients = 16;

async function client(number: number): Promise<void> {
  for (let count = 0; ; count++) {
    const request = `${prefix}_${number}_${count}`;
    const row = ledgerEntry(request, { at: count });
    await ledger.append(row);
    process.stdout.write(`${request}\n`);
    // A client that tries again, as after an answer that got lost.
    if (count % 5 === 0) await ledger.append(row);
  }
}

await Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
