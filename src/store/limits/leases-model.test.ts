// Random sequences of what may happen to nodes that share budgets, held against the model after each step.
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ManualClock, manualClock, systemClock, systemEntropy } from '../../base/index.ts';
import type { OrganisationId } from '../../traffic/index.ts';
import { ledgerEntry } from '../ledger/entry-fixture.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import type { Ledger } from '../ledger/writer-thread.ts';
import { openStore, type Store } from '../open-store.ts';
import { needsPostgres, type PostgresServer, postgresPrograms, startPostgres } from '../testing.ts';
import {
  createWorld,
  firstLimits,
  type Granted,
  type Sent,
  type Shared,
  type Step,
  type Written,
} from './leases-model.ts';
import { createFleet, modelTerms } from './leases-model-nodes.ts';
import type { Budget } from './lender.ts';
import { memoryLender } from './memory-lender.ts';
import { createPostgresLender } from './postgres-lender.ts';

/** A little before an hour ends. */
const start = Date.parse('2026-12-31T22:58:00Z');

const node = fc.nat({ max: 2 });
const share = fc.constantFrom(0, 0.4, 1);
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ type: fc.constant('ask'), node, tokens: fc.nat({ max: 40 }) }) },
  {
    weight: 5,
    arbitrary: fc.record({ type: fc.constant('settle'), which: fc.nat(), share, isHeard: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('release'), which: fc.nat() }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constantFrom('keep', 'learn'), node }) },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constantFrom('freeze', 'thaw', 'thaw', 'kill', 'leave'), node }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      ...{ type: fc.constant('reach'), node },
      reach: fc.constantFrom('up', 'up', 'up', 'away', 'unheard', 'answered later', 'done later'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('change'),
      limit: fc.nat({ max: 2 }),
      amount: fc.nat({ max: 150 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('wait'),
      milliseconds: fc.constantFrom(50, 2100, 9000, 26_000, 31_000, 95_000, 300_000),
    }),
  },
) as fc.Arbitrary<Step>;

async function follow(world: ReturnType<typeof createWorld>, steps: readonly Step[]): Promise<void> {
  for (const [index, step] of steps.entries()) {
    await world.run(step);
    expect({ index, step, problems: await world.problems() }).toEqual({ index, step, problems: [] });
  }
  expect(await world.settleDown()).toEqual([]);
  expect(await world.problems()).toEqual([]);
}

const steps = (maxLength: number): fc.Arbitrary<Step[]> => fc.array(anyStep, { maxLength, size: 'max' });
const hour = 3_600_000;

test('leases keep to limits after every step of 10,000 sequences, and what nobody uses comes back', async () => {
  const property = fc.asyncProperty(steps(40), async (sequence) => {
    const clock = manualClock(start);
    const shared = sharedInMemory(clock);
    await follow(createWorld(shared, createFleet(shared.lender, clock, firstLimits('org'))), sequence);
  });
  await fc.assert(property, { numRuns: 10_000 });
}, 240_000);

function sharedInMemory(clock: ManualClock): Shared {
  const rows: Written[] = [];
  const usedOf = (own: readonly Sent[], { limit: { unit }, window }: Budget): number => {
    const within = own.filter(({ at }) => window.start === 0 || at - (at % hour) === window.start);
    const tokens = within.reduce((sum, row) => sum + row.tokens, 0);
    return unit === 'tokens' ? tokens : unit === 'requests' ? within.length : 0;
  };
  const lender = memoryLender({
    ...{ clock, terms: modelTerms },
    settledOf: (lessee, budget) =>
      usedOf(
        rows.filter((row) => row.lessee === lessee && !row.isLate),
        budget,
      ),
  });
  return {
    ...{ organisation: 'org', lender },
    append: async (request, sent) => {
      const { lessee } = sent;
      const isLate = lessee !== null && !lender.lessees().has(lessee);
      rows.push({ request, ...sent, isLate });
      if (isLate) lender.countLateUse(lessee, (budget) => usedOf([sent], budget));
    },
    look: async () => {
      const budgets = lender.equations().map(({ limit, window, granted, sum }) => ({
        ...{ unit: limit.unit, start: window.start, granted, sum },
      }));
      return { rows, budgets, lessees: lender.lessees() };
    },
    advance: async (milliseconds) => clock.advance(milliseconds),
  };
}

describe.skipIf(postgresPrograms === undefined)(`over PostgreSQL, which ${needsPostgres}, leases`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test('do so after every step of 200 sequences', async () => {
    const url = await server.newDatabase();
    await using store = await openStore(url, { clock: systemClock, entropy: systemEntropy });
    await using ledger = openLedger(store.database, { writer: 'model' });
    let number = 0;
    const property = fc.asyncProperty(steps(25), async (sequence) => {
      const clock = manualClock(start);
      const organisation = `org_${++number}`;
      const shared = await sharedOver(store, { ledger, clock, organisation });
      const fleet = createFleet(shared.lender, clock, firstLimits(organisation));
      await follow(createWorld(shared, fleet), sequence);
      for (const table of ['lease', 'budget', 'lessee'] as const)
        await store.database.query.deleteFrom(table).execute();
    });
    await fc.assert(property, { numRuns: 200 });
  }, 480_000);
});

async function sharedOver(
  { database }: Store,
  context: { readonly ledger: Ledger; readonly clock: ManualClock; readonly organisation: string },
): Promise<Shared> {
  const { ledger, clock, organisation } = context;
  const { query } = database;
  const row = { id: organisation as OrganisationId, name: organisation, time_zone: 'UTC', currency: 'EUR' };
  await query
    .insertInto('organisation')
    .values({ ...row, state: 'active', created_at: 0 })
    .execute();
  return {
    organisation,
    lender: createPostgresLender({ database, entropy: systemEntropy, terms: modelTerms }),
    append: (request, { lessee, at, tokens }) =>
      ledger.append(
        ledgerEntry(request, {
          ...{ organisation, account: 'acc', lease: lessee, at },
          ...{ prompt: tokens, cached: 0, reasoning: 0, answer: 0 },
        }),
      ),
    look: async () => {
      const [rows, budgets, lessees] = await Promise.all([
        query
          .selectFrom('ledger')
          .select(['request', 'kind', 'lease', 'at', 'prompt'])
          .where('organisation', '=', row.id)
          .execute(),
        sql<Granted & { readonly counted_by: string }>`
          select counted_by, window_start as start, granted,
            sum(case when state = 'open' then amount else settled end)::bigint as sum
          from budget join lease on lease.budget = budget.id group by budget.id`.execute(query),
        query.selectFrom('lessee').select('id').where('state', '=', 'open').execute(),
      ]);
      return {
        rows: rows.map(({ request, kind, lease, at, prompt }) => ({
          ...{ request, lessee: lease, at, tokens: prompt, isLate: kind === 'late' },
        })),
        budgets: budgets.rows.map(({ counted_by, ...found }) => ({
          ...found,
          unit: JSON.parse(counted_by)[4],
        })),
        lessees: new Set(lessees.map(({ id }) => id)),
      };
    },
    // The clock of the database cannot be set, so that ends are brought nearer.
    advance: async (milliseconds) => {
      clock.advance(milliseconds);
      await sql`update lessee set expires_at = expires_at - ${milliseconds}`.execute(query);
    },
  };
}
