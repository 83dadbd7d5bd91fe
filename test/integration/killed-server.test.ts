// Servers that are killed while an engine works for them that costs somebody else's money: each request that may have left has a hold and one
// end in the ledger, each that was answered is settled, and what was lost counts against limits.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { seededRandom, systemClock, systemEntropy } from '../../src/base/index.ts';
import { testModel } from '../../src/gateway/testing.ts';
import { parseAmount } from '../../src/prices/index.ts';
import { author, forEachDatabase, makeTenant, testPepper } from '../../src/store/contract.ts';
import { addPrice, createPostgresLender, openStore, reapFile, settledSums } from '../../src/store/index.ts';
import { checkLedger } from '../../src/store/ledger/verify-ledger.ts';

const script = fileURLToPath(new URL('./node-fixture.ts', import.meta.url));
const kills = 20;
const clients = 6;

/** A server that is killed after some answers. @returns the requests that were answered in full, and how many reached the engine */
async function runUntilKilled(location: string, secret: string, answers: number) {
  const child = spawn(process.execPath, [script, location, 'far', '6', '100'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const answered: string[] = [];
  let dispatched = 0;
  const lines = createInterface({ input: child.stdout });
  const [url] = (await once(lines, 'line')) as [string];
  lines.on('line', () => dispatched++);
  const client = async (): Promise<void> => {
    for (;;) {
      const response = await fetch(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          model: testModel,
          messages: [{ role: 'user', content: 'hi' }],
          max_tokens: 20,
        }),
      });
      const { id } = (await response.json()) as { readonly id: string };
      if (response.status !== 200) throw new TypeError(`answered with ${response.status}`);
      answered.push(id.replace(/^[a-z]+_/, 'req_'));
      if (answered.length === answers) child.kill('SIGKILL');
    }
  };
  await Promise.allSettled(Array.from({ length: clients }, client));
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  expect(child.signalCode).toBe('SIGKILL');
  return { answered, dispatched };
}

forEachDatabase('a server that is killed', ({ test, newLocation, name }) => {
  test(`${kills} times loses and doubles nothing that a paid engine may have done`, async () => {
    const location = await newLocation();
    await using store = await openStore(location, { clock: systemClock, entropy: systemEntropy });
    const { database } = store;
    const keys = await store.openKeys(testPepper);
    const { organisation, account, principal } = await makeTenant({ store }, 'one');
    const { secret } = await keys.create(organisation, author, { account, principal, name: 'k' });
    for (const unit of ['prompt-tokens', 'answer-tokens'])
      await addPrice(store.context, author, {
        ...{ id: `price_${unit}`, organisation: null, model: testModel, engine: null, unit, currency: 'EUR' },
        ...{ amount: parseAmount('1'), valid_from: 0, source: 'a test', verified: 1, digest: '' },
      });
    const { integer } = seededRandom(name.length);
    const answered: string[] = [];
    let dispatched = 0;
    // A file has one server at a time; over PostgreSQL others go on meanwhile.
    const atOnce = name === 'SQLite' ? 1 : 4;
    for (let killed = 0; killed < kills; killed += atOnce) {
      const servers = Array.from({ length: atOnce }, () => runUntilKilled(location, secret, integer(1, 12)));
      for (const done of await Promise.all(servers)) {
        answered.push(...done.answered);
        dispatched += done.dispatched;
      }
    }
    if (name === 'SQLite') await reapFile(database);
    else {
      const terms = { leaseMs: 60_000, longestRequestMs: 60_000 };
      await database.query.updateTable('lessee').set({ expires_at: 0 }).execute();
      await createPostgresLender({ database, entropy: systemEntropy, terms }).reap();
    }
    const rows = await database.query.selectFrom('ledger').selectAll().orderBy('seq').execute();
    const holds = new Map(rows.filter(({ kind }) => kind === 'hold').map((row) => [row.request, row]));
    const ends = rows.filter(({ kind }) => kind !== 'hold');
    expect(answered.length).toBeGreaterThanOrEqual(kills);
    expect(holds.size).toBeGreaterThanOrEqual(dispatched);
    expect(rows).toHaveLength(2 * holds.size);
    expect(ends.map(({ request }) => request).sort()).toEqual([...holds.keys()].sort());
    const settled = new Set(ends.filter(({ kind }) => kind === 'settle').map(({ request }) => request));
    expect(answered.filter((request) => !settled.has(request))).toEqual([]);
    const lost = ends.filter(({ kind }) => kind === 'lost');
    expect(lost.length).toBeGreaterThan(0);
    for (const { request, amount } of lost) expect(amount).toBe(holds.get(request)?.amount);
    expect((await checkLedger(database)).problems).toEqual([]);
    const sums = await settledSums(database, {
      ...{ organisation, scope: 'account', subject: account, model: null, start: 0 },
    });
    expect(sums.requests).toBeGreaterThanOrEqual(lost.length);
  }, 400_000);
});
