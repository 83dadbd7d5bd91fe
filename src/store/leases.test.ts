// Four processes that spend from the same budgets in PostgreSQL, of which one is killed and one stands still for longer than its
// leases last: nothing is spent twice, and what the two had left is spent by the others.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock, systemEntropy } from '../base/index.ts';
import type { OrganisationId } from '../traffic/index.ts';
import { author } from './contract.ts';
import { type LimitScope, type LimitUnit, limitScopes, limitUnits } from './limits/limit.ts';
import { addLimit } from './limits/limit-rows.ts';
import { openStore } from './open-store.ts';
import { needsPostgres, type PostgresServer, postgresPrograms, startPostgres } from './testing.ts';

const script = fileURLToPath(new URL('./spend-fixture.ts', import.meta.url));
const terms = { leaseMs: 3000, longestRequestMs: 1000 };
/** Requests that each budget has room for. */
const room = 150;
const budgets = limitUnits.flatMap((unit) =>
  limitScopes.map((scope) => ({ unit, scope, organisation: `org_${unit}_${scope}` })),
);
const needOf = (unit: LimitUnit): number => (unit === 'requests' || unit === 'concurrency' ? 1 : 7);

async function prepare(url: string): Promise<void> {
  await using store = await openStore(url, { clock: systemClock, entropy: systemEntropy });
  for (const { unit, scope, organisation } of budgets) {
    await store.database.query
      .insertInto('organisation')
      .values({
        ...{ id: organisation as OrganisationId, name: organisation, time_zone: 'UTC', currency: 'EUR' },
        ...{ state: 'active', created_at: 0 },
      })
      .execute();
    await addLimit(store.context, author, limitOf(unit, scope, organisation));
  }
}

const limitOf = (unit: LimitUnit, scope: LimitScope, organisation: string) => ({
  ...{ id: `limit_${organisation}`, organisation: organisation as OrganisationId, scope, model: null, unit },
  subject: scope === 'organisation' ? organisation : `${organisation}.${scope}`,
  ...({ period: 'total', amount: room * needOf(unit), enforcement: 'hard', validFrom: 0 } as const),
});

type Node = { readonly process: ChildProcess; readonly told: () => readonly string[] };

function startNode(url: string, name: string): Node {
  const { leaseMs, longestRequestMs } = terms;
  const args = [script, url, name, String(leaseMs), String(longestRequestMs)];
  const process_ = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  process_.stdout.on('data', (text) => {
    output += text;
  });
  return { process: process_, told: () => output.split('\n').slice(0, -1) };
}

describe.skipIf(postgresPrograms === undefined)(`nodes over PostgreSQL, which ${needsPostgres}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test('of four, one killed and one frozen, exceed no budget of any unit and scope, and use it up', async () => {
    const url = await server.newDatabase();
    await prepare(url);
    const nodes = ['one', 'two', 'killed', 'frozen'].map((name) => startNode(url, name));
    const [one, two, killed, frozen] = nodes as [Node, Node, Node, Node];
    const soon = { timeout: 90_000, interval: 50 };
    const settled = budgets.filter(({ unit }) => unit !== 'concurrency');
    const tellers = (all: readonly Node[]): number => all.reduce((sum, { told }) => sum + told().length, 0);
    await expect.poll(() => Math.min(...nodes.map(({ told }) => told().length)), soon).toBeGreaterThan(40);
    killed.process.kill('SIGKILL');
    frozen.process.kill('SIGSTOP');
    expect(tellers(nodes)).toBeLessThan(budgets.length * room);

    const usedOf = async (kind: string): Promise<ReadonlyMap<string, number>> => {
      const rows = await server.run(
        url,
        `select organisation, count(*) as requests from ledger where kind = '${kind}' group by organisation`,
      );
      return new Map(rows.map(({ organisation, requests }) => [String(organisation), Number(requests)]));
    };
    // Until the leases of both were ended and the others have used what was left of them.
    await expect
      .poll(async () => {
        const used = await usedOf('settle');
        return Math.min(...settled.map(({ organisation }) => used.get(organisation) ?? 0));
      }, soon)
      .toBeGreaterThanOrEqual(room * 0.99);
    const held = (node: Node, name: string): number =>
      node.told().filter((line) => line === `${name} held`).length;
    const places = budgets.filter(({ unit }) => unit === 'concurrency');
    await expect
      .poll(() => places.map(({ organisation: name }) => held(one, name) + held(two, name)), soon)
      .toEqual(places.map(() => room));

    const before = frozen.told().length;
    frozen.process.kill('SIGCONT');
    const other = [one, two, frozen];
    for (const { process: running } of other) running.stdin?.end();
    await Promise.all(other.map(({ process: running }) => running.exitCode ?? once(running, 'exit')));
    const used = await usedOf('settle');
    for (const { organisation } of settled)
      expect([organisation, (used.get(organisation) ?? 0) <= room]).toEqual([organisation, true]);
    // What the frozen one was about to settle is told, and marked as late: it held that when it stopped, and no more.
    const late = [...(await usedOf('late')).values()].reduce((sum, count) => sum + count, 0);
    expect(frozen.told().length - before).toBeGreaterThanOrEqual(late);
    expect(late).toBeLessThanOrEqual(settled.length * 3);
    const acknowledged = nodes.flatMap(({ told }) => told()).filter((line) => !line.endsWith(' held'));
    const rows = await server.run(url, 'select request from ledger');
    const known = new Set(rows.map(({ request }) => request));
    expect(acknowledged.filter((line) => !known.has(line.split(' ')[1]))).toEqual([]);
    const equations = await server.run(
      url,
      `select budget.id, granted - sum(case when state = 'open' then amount else settled end) as difference
        from budget join lease on lease.budget = budget.id group by budget.id`,
    );
    expect(equations.map(({ difference }) => Number(difference))).toEqual(budgets.map(() => 0));
  }, 240_000);
});
