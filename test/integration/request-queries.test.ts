// No request reads the ledger from end to end: every statement that is prepared for the ledger, and every one that reaches the
// database while each route of the table is asked, is explained by the database that runs it. Neither list is written by hand.
import { sql } from 'kysely';
import { expect } from 'vitest';
import { allRoutes, testModel } from '../../src/gateway/example-requests.ts';
import type { Route } from '../../src/gateway/routes/route.ts';
import type { Query } from '../../src/store/connection/database.ts';
import { forEachDatabase } from '../../src/store/contract.ts';
import { postgresStatements } from '../../src/store/ledger/postgres-ledger.ts';
import { sqliteStatements } from '../../src/store/ledger/sqlite-ledger.ts';
import { ask, keyFor, serveStore, type TenantWithKey } from './served-store.ts';

/** What only looks comes first, and what takes away last. */
const order = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const inOrder = allRoutes.toSorted((one, other) => order.indexOf(one.method) - order.indexOf(other.method));

/** What is one's own in the place of each parameter, and in every filter of usage. */
function withOwn(path: string, route: Route, tenant: TenantWithKey): string {
  const { account, key, administration, principal, person } = tenant;
  const own: Readonly<Record<string, string>> = {
    ...{ project: account, service: principal, user: person, limit: `rl-${testModel}` },
    key: route.path.includes('admin_api_keys') ? administration.key.id : key.id,
  };
  const query = /[?].*/.exec(path)?.[0] ?? '';
  const filled = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => own[name] ?? 'example') + query;
  return /organization\/(usage|costs)/.test(route.path)
    ? `${filled}&group_by=project_id&project_ids=${account}&api_key_ids=${key.id}`
    : filled;
}

/** Tables that grow with use. */
const growing = 'ledger|audit|rollup|api_key|idempotency';
forEachDatabase('a request, over a store', ({ test, newLocation, name }) => {
  test('reads no table that grows from end to end', async () => {
    const seen = new Set<string>();
    await using server = await serveStore({
      location: await newLocation(),
      around: (call, run) => {
        if (call.type === 'query') seen.add(call.sql);
        return run();
      },
    });
    const tenant = await server.addTenant('one');
    seen.clear();
    for (const route of inOrder)
      for (const again of [0, 1]) {
        const { status } = await ask(server, route, keyFor(tenant, route), (path, init) => [
          withOwn(path, route, tenant),
          { ...init, headers: { ...init.headers, ...(again === 0 && { 'idempotency-key': route.path }) } },
        ]);
        expect([route.path, status < 500]).toEqual([route.path, true]);
      }
    const prepared = name === 'SQLite' ? sqliteStatements : postgresStatements;
    const statements = [...seen, ...Object.values(prepared)].filter((text) =>
      new RegExp(`\\b(from|update|into)\\s+"?(${growing})\\b`).test(text),
    );
    expect(statements.length).toBeGreaterThan(20);
    const explain = name === 'SQLite' ? scansOfSqlite : scansOfPostgres;
    const { query } = server.opened.store.database;
    for (const text of statements) expect(await explain(query, text), text).toEqual([]);
    expect(await explain(query, 'select sum(amount) from ledger')).toHaveLength(1);
  });
});

async function scansOfSqlite(query: Query, text: string): Promise<readonly string[]> {
  const { rows } = await sql<{
    detail: string;
  }>`${sql.raw(`explain query plan ${text.replaceAll(/\?\d*/g, 'null')}`)}`.execute(query);
  return rows
    .map(({ detail }) => detail)
    .filter((detail) => new RegExp(`^SCAN (${growing})\\b`).test(detail));
}

type Plan = {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly Plan[];
};

/** The plan for whatever values. So few rows would be read from end to end unless that is said to be dear. */
async function scansOfPostgres(query: Query, text: string): Promise<readonly string[]> {
  const values = Array(new Set(text.match(/\$\d+/g)).size).fill('null');
  return query.connection().execute(async (connection) => {
    await sql`set enable_seqscan = off`.execute(connection);
    await sql`set plan_cache_mode = force_generic_plan`.execute(connection);
    await sql.raw(`prepare explained as ${text}`).execute(connection);
    const call = values.length === 0 ? 'explained' : `explained(${values.join(', ')})`;
    const explained = await sql<{
      'QUERY PLAN': readonly { readonly Plan: Plan }[];
    }>`${sql.raw(`explain (format json) execute ${call}`)}`.execute(connection);
    await sql`deallocate explained`.execute(connection);
    return explained.rows.flatMap((row) => row['QUERY PLAN'].flatMap(({ Plan: plan }) => scansIn(plan)));
  });
}

function scansIn(plan: Plan): readonly string[] {
  const table = plan['Relation Name'];
  const isScan = plan['Node Type'].endsWith('Scan') && plan['Index Cond'] === undefined;
  const own =
    isScan &&
    table !== undefined &&
    plan['Node Type'] !== 'Bitmap Heap Scan' &&
    new RegExp(`^(${growing})$`).test(table)
      ? [`${plan['Node Type']} ${table}`]
      : [];
  return [...own, ...(plan.Plans ?? []).flatMap(scansIn)];
}
