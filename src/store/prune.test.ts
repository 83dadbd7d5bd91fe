// A store from which rows were removed is checked, copied, brought back and moved as any other, and its audit log is verified from an
// export alone. A process that is killed while it removes some leaves whole steps.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, expect } from 'vitest';
import { seededRandom, systemEntropy } from '../base/index.ts';
import { isSigned, signer, testKey } from './audit/signer-fixture.ts';
import { verifyAudit } from './audit/verify-audit.ts';
import {
  author,
  contractStart,
  forEachDatabase,
  makeTenant,
  type OpenedStore,
  openForTest,
  type Tenant,
} from './contract.ts';
import { ledgerEntry } from './ledger/entry-fixture.ts';
import { openLedger } from './ledger/open-ledger.ts';
import { pruneLedger } from './ledger/prune-ledger.ts';
import { moveStore } from './move-store.ts';
import { backUpStore, checkStore, restoreStore } from './store-files.ts';

const day = 86_400_000;
const directory = mkdtempSync(join(tmpdir(), 'tiegel-prune-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Changes and requests on each of some days, whose heads are signed. */
async function fill(opened: OpenedStore, days: number, rows: number): Promise<Tenant> {
  const { store, clock } = opened;
  const tenant = await makeTenant(opened, 'one');
  const ledger = openLedger(store.database, { writer: 'node_a' });
  let requests = 0;
  for (let past = 0; past < days; past++) {
    for (let row = 0; row < rows; row++) {
      await store.accounts.update(tenant.organisation, tenant.account, author, {
        name: `name ${past} ${row}`,
      });
      const entries = Array.from({ length: 50 }, () =>
        ledgerEntry(`req_${++requests}`, { ...tenant, at: clock.now() }),
      );
      await Promise.all(entries.map(ledger.append));
    }
    await store.audit.signHeads(signer);
    clock.advance(day);
  }
  await ledger.rollUp();
  await ledger[Symbol.asyncDispose]();
  return tenant;
}

async function prune(
  { store }: OpenedStore,
  { organisation, account }: Tenant,
  before: number,
): Promise<void> {
  await pruneLedger(store.context, signer, author, { organisation, account, before });
  await store.audit.prune({ chain: organisation, before }, signer, author);
}

async function exportOf({ store }: OpenedStore): Promise<readonly string[]> {
  return Array.fromAsync(store.audit.export(), (row) => JSON.stringify(row));
}

const problemsOf = async (lines: readonly string[]) => (await verifyAudit(lines, isSigned)).problems;

forEachDatabase('a store from which rows were removed', ({ test, newLocation, name }) => {
  test('has an audit log that is verified by an export alone', async () => {
    await using opened = await openForTest(await newLocation());
    const tenant = await fill(opened, 3, 2);
    const before = contractStart + 2 * day;
    const { audit } = opened.store;
    expect(await audit.countPrunable(tenant.organisation, before)).toBe(7);
    await prune(opened, tenant, before);
    expect(await audit.countPrunable(tenant.organisation, before)).toBe(0);
    const lines = await exportOf(opened);
    expect(await problemsOf(lines)).toEqual([]);
    expect(lines.filter((line) => line.includes('"audit.pruned"'))).toHaveLength(1);
    expect(
      lines.filter(
        (line) => line.includes(`"chain":"${tenant.organisation}"`) && line.includes('"project.updated"'),
      ),
    ).toHaveLength(2);
    // Later again, so that the first note goes as well.
    opened.clock.advance(2 * day);
    await opened.store.accounts.update(tenant.organisation, tenant.account, author, { name: 'later' });
    await prune(opened, tenant, contractStart + 5 * day);
    const later = await exportOf(opened);
    expect(await problemsOf(later)).toEqual([]);
    expect(later.filter((line) => line.includes('"project.updated"'))).toHaveLength(1);
    expect((await checkStore(opened.store, isSigned)).problems).toEqual([]);
  });

  test('has one in which nothing more can be missing', async () => {
    await using opened = await openForTest(await newLocation());
    const tenant = await fill(opened, 3, 2);
    await prune(opened, tenant, contractStart + 2 * day);
    const lines = await exportOf(opened);
    const own = lines.filter(
      (line) => line.includes(`"chain":"${tenant.organisation}"`) && !line.includes('"audit.head.signed"'),
    );
    for (const line of own) expect(await problemsOf(lines.filter((other) => other !== line))).not.toEqual([]);
    // A signed head of an ordinary day does not stand for the rows before it.
    const head = lines
      .map((line) => JSON.parse(line))
      .find(
        ({ entry }) => entry.signature?.chain === tenant.organisation && entry.signature.pruned === undefined,
      );
    const forged = lines.map((line) =>
      line.includes('"audit.pruned"')
        ? JSON.stringify({
            ...JSON.parse(line),
            entry: { ...JSON.parse(line).entry, signature: head.entry.signature },
          })
        : line,
    );
    expect(await problemsOf(forged)).not.toEqual([]);
    expect((await verifyAudit(lines, () => false)).problems).not.toEqual([]);
  });

  test('leaves an organisation alone for which nothing has come to an end', async () => {
    await using opened = await openForTest(await newLocation());
    const tenant = await fill(opened, 1, 1);
    const lines = await exportOf(opened);
    await prune(opened, tenant, contractStart);
    expect(await exportOf(opened)).toEqual(lines);
  });

  test('moves, and is copied and brought back', async () => {
    const location = join(directory, `${name}-store.db`);
    const copy = join(directory, `${name}-copy.db`);
    await using source = await openForTest(location);
    const tenant = await fill(source, 3, 2);
    await prune(source, tenant, contractStart + 2 * day);
    if (name === 'PostgreSQL') {
      await using target = await openForTest(await newLocation());
      await moveStore(source.store, target.store, isSigned);
      expect(await checkStore(target.store, isSigned)).toMatchObject({ ledgerRows: 100, problems: [] });
      await prune(target, tenant, contractStart + 3 * day);
      expect(await checkStore(target.store, isSigned)).toMatchObject({ ledgerRows: 0, problems: [] });
      return;
    }
    await backUpStore(source.store, copy);
    await source.store[Symbol.asyncDispose]();
    await restoreStore(location, copy, {
      ...{ clock: source.clock, entropy: systemEntropy, verify: isSigned, author },
    });
    await using restored = await openForTest(location);
    expect(await checkStore(restored.store, isSigned)).toMatchObject({ ledgerRows: 100, problems: [] });
  });

  test('is whole after each time that who removed them was killed, and has none of them in the end', async () => {
    const location = await newLocation();
    await using opened = await openForTest(location);
    const tenant = await fill(opened, 2, 80);
    const { integer } = seededRandom(7);
    const script = fileURLToPath(new URL('./prune-fixture.ts', import.meta.url));
    let output = '';
    for (let round = 0; !output.includes('done'); round++) {
      expect(round).toBeLessThan(100);
      const { organisation, account } = tenant;
      const child = spawn(
        process.execPath,
        [script, location, organisation, account, String(contractStart + 5 * day), testKey],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      output = '';
      child.stdout.on('data', (text) => {
        output += text;
      });
      const ended = once(child, 'close');
      while (output === '' && child.exitCode === null) await pause(2);
      // Each time is given longer, so that the last one comes to its end however slow the machine is.
      await Promise.race([ended, pause(integer(0, 20) + round * round * 20)]);
      child.kill('SIGKILL');
      await ended;
      expect((await checkStore(opened.store, isSigned)).problems).toEqual([]);
    }
    const { query } = opened.store.database;
    expect(await query.selectFrom('ledger').select('seq').execute()).toEqual([]);
    const sum = query.selectFrom('rollup').select((row) => row.fn.sum('requests').as('sum'));
    expect(Number((await sum.where('width', '=', 'day').executeTakeFirstOrThrow()).sum)).toBe(8000);
  }, 240_000);
});
