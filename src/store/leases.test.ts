// 1,000 requests at once for each budget, of four processes that spend from the same budgets in PostgreSQL, of which one is killed and one stands still for longer than its
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
/** Longer than anything that runs here takes on a machine that is used by others as well. */
const terms = { leaseMs: 8000, longestRequestMs: 4000 };
/** Requests that each budget has room for. */
const room = 137;
/** That each process has for each budget, all at once. */
const requests = 250;
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
  const args = [script, url, name, String(leaseMs), String(longestRequestMs), String(requests)];
  const process_ = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  process_.stdout.on('data', (text) => {
    output += text;
  });
  return { process: process_, told: () => output.split('\n').slice(0, -1) };
}

const requestOf = (line: string): string => line.split(' ')[2] ?? '';

/** What nodes have told of requests of an organisation, or of all. */
const linesOf = (nodes: readonly Node[], what: string, organisation = ''): readonly string[] =>
  nodes
    .flatMap(({ told }) => told())
    .filter((line) => line.startsWith(organisation) && line.includes(` ${what} `));

const placesOf = (nodes: readonly Node[], organisation: string): number =>
  linesOf(nodes, 'admitted', organisation).length - linesOf(nodes, 'ended', organisation).length;

const end = async ({ process: running }: Node): Promise<void> => {
  running.stdin?.end();
  if (running.exitCode === null) await once(running, 'exit');
};

describe.skipIf(postgresPrograms === undefined)(`nodes over PostgreSQL, which ${needsPostgres}`, () => {
  let server: PostgresServer;
  let url: string;
  beforeAll(async () => {
    server = await startPostgres();
    // Short, so that what the frozen one has locked is free soon.
    url = `${await server.newDatabase()}?idle_in_transaction_session_timeout=1000`;
    await prepare(url);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const settled = budgets.filter(({ unit }) => unit !== 'concurrency');
  const places = budgets.filter(({ unit }) => unit === 'concurrency');
  const countsOf = async (kind: string): Promise<readonly number[]> => {
    const rows = await server.run(
      url,
      `select organisation, count(*) as requests from ledger where kind = '${kind}' group by organisation`,
    );
    const counts = new Map(rows.map(({ organisation, requests }) => [organisation, Number(requests)]));
    return settled.map(({ organisation }) => counts.get(organisation) ?? 0);
  };

  test('answer, of 1,000 requests at once on four of which one is killed and one frozen, as many as each budget has room for', async () => {
    const nodes = ['one', 'two', 'killed', 'frozen'].map((name) => startNode(url, name));
    const [one, two, killed, frozen] = nodes as [Node, Node, Node, Node];
    const soon = { timeout: 90_000, interval: 50 };
    await expect
      .poll(() => Math.min(...nodes.map((node) => linesOf([node], 'answered').length)), soon)
      .toBeGreaterThan(20);
    killed.process.kill('SIGKILL');
    frozen.process.kill('SIGSTOP');
    // In the midst of it: some budgets have room, and both hold something.
    expect(linesOf(nodes, 'answered').length).toBeLessThan(settled.length * room);
    // Until the leases of both were ended and the others have used what was left of them.
    await expect
      .poll(async () => Math.min(...(await countsOf('settle'))), soon)
      .toBeGreaterThanOrEqual(room * 0.99);
    await expect
      .poll(() => places.map(({ organisation }) => placesOf([one, two], organisation)), soon)
      .toEqual(places.map(() => room));

    // What the frozen one was writing when it stopped. All else that it had admitted ends without using anything.
    const before = new Set(linesOf([frozen], 'answered').map(requestOf));
    const writing = new Set(linesOf([frozen], 'settling').map(requestOf)).difference(before);
    frozen.process.kill('SIGCONT');
    await Promise.all([one, two, frozen].map(end));
    const late = (await server.run(url, "select request from ledger where kind = 'late'")).map(
      ({ request }) => String(request),
    );
    const [inTime, beside] = [await countsOf('settle'), await countsOf('late')];
    const beyond = inTime.map((count, index) => Math.max(0, count + (beside[index] ?? 0) - room));
    process.stdout.write(
      `room for ${room} of ${4 * requests} at once in each of ${settled.length} budgets: ${Math.min(...inTime)} to ${Math.max(...inTime)} used in time; ${late.length} late, of which none was answered, with ${writing.size} being written by the process that stood still; ${Math.max(...beyond)} beyond the room of a budget at most with them\n`,
    );
    expect(Math.max(...inTime)).toBeLessThanOrEqual(room);
    expect(linesOf([frozen], 'ended').length).toBeGreaterThan(0);
    const ended = new Set(linesOf(nodes, 'ended').map(requestOf));
    expect(late.filter((request) => !ended.has(request))).toEqual([]);
    const answered = linesOf(nodes, 'answered').map(requestOf);
    expect(answered.filter((request) => ended.has(request))).toEqual([]);
    for (const { organisation } of settled)
      expect(linesOf(nodes, 'answered', organisation).length).toBeLessThanOrEqual(room);
    const rows = (await server.run(url, 'select request from ledger')).map(({ request }) => String(request));
    const known = new Set(rows);
    expect(answered.filter((request) => !known.has(request))).toEqual([]);
    expect(rows).toHaveLength(known.size);
    const equations = await server.run(
      url,
      `select budget.id, granted - sum(case when state = 'open' then amount else settled end) as difference
        from budget join lease on lease.budget = budget.id group by budget.id`,
    );
    expect(equations.map(({ difference }) => Number(difference))).toEqual(budgets.map(() => 0));
  }, 240_000);
});
