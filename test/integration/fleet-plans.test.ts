// Plans out of the ledger of whoever asks, and of nobody else's; what cannot be planned is refused before anything is simulated.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FleetPlanner, openPlanner } from '../../src/host/meter/plan-fleets.ts';
import { makeTenant, type OpenedStore, openForTest, type Tenant } from '../../src/store/contract.ts';
import { ledgerEntry } from '../../src/store/ledger/entry-fixture.ts';
import { openLedger } from '../../src/store/ledger/open-ledger.ts';
import { fleetPlanReply, type PlanRequest } from '../../src/wire/index.ts';

const speeds = [{ sequences: 4, tokens_per_second: 100 }];
const rates: PlanRequest['requests'] = {
  from: 'rates',
  ...{ per_second: 2, prompt_tokens: 50, completion_tokens: 40 },
};

const home = mkdtempSync(join(tmpdir(), 'tiegel-plans-'));
let opened: OpenedStore;
let mine: Tenant;
let theirs: Tenant;
let planner: FleetPlanner;

beforeAll(async () => {
  opened = await openForTest(join(home, 'store.db'));
  [mine, theirs] = [await makeTenant(opened, 'mine'), await makeTenant(opened, 'theirs')];
  const now = opened.clock.now();
  await using ledger = openLedger(opened.store.database, { writer: 'w' });
  const add = ({ organisation, account }: Tenant, index: number, model: string) =>
    ledger.append(
      ledgerEntry(`req_${account}_${index}`, {
        ...{ organisation, account, model, at: now - 60_000 + index * 1_000 },
        ...{ prompt: 100, reasoning: 30, answer: 10 },
      }),
    );
  for (let index = 0; index < 40; index++) await add(mine, index, index % 2 === 0 ? 'even' : 'odd');
  for (let index = 0; index < 5; index++) await add(theirs, index, 'even');
  await ledger.rollUp();
  planner = openPlanner({ store: opened.store, clock: opened.clock });
});

afterAll(async () => {
  await planner[Symbol.asyncDispose]();
  await opened[Symbol.asyncDispose]();
  rmSync(home, { recursive: true });
});

const plan = (requests: PlanRequest['requests'], more: Partial<PlanRequest> = {}) =>
  planner.plan({ organisation: mine.organisation, account: null }, { requests, speeds, ...more });

describe('a plan over the API', () => {
  test('is for one’s own requests, of all models or of one', async () => {
    const whole = await plan({ from: 'ledger' });
    expect(fleetPlanReply.parse(whole)).toEqual(whole);
    expect(whole.requests).toMatchObject({ count: 40, clients: 1, prompt_tokens: 4_000 });
    expect(whole.needed).toBeGreaterThan(0);
    expect((await plan({ from: 'ledger', model: 'odd' })).requests.count).toBe(20);
    const { organisation, account } = theirs;
    const other = await planner.plan({ organisation, account }, { requests: { from: 'ledger' }, speeds });
    expect(other.requests.count).toBe(5);
  });

  test('needs more replicas for more of the same, and shows fleets beyond the needed one', async () => {
    const once = await plan(rates, { wait_seconds: 0.5 });
    const more = await plan(rates, { wait_seconds: 0.5, growth: 3 });
    expect(more.needed).toBeGreaterThan(once.needed ?? Number.POSITIVE_INFINITY);
    expect(once.fleets.at(-1)?.replicas).toBe((once.needed ?? 0) + 3);
    expect(once.costs).toBe(null);
  });

  test('has the costs of the fleet, of a correct answer and of the host', async () => {
    const { costs } = await plan(rates, {
      ...{ replica_hour: 2, accuracy: 0.5, hosted: 'openrouter/deepseek-r1-distill-qwen-7b' },
    });
    expect(costs?.per_correct_answer).toBeGreaterThan(0);
    expect(costs?.hosted_per_hour).toBeGreaterThan(0);
    expect(costs?.hosted_source).toContain('USD, openrouter/');
  });

  test.each([
    ['an unknown price', rates, { hosted: 'nobody/nothing' }, 'No price of nobody/nothing'],
    ['no requests', { from: 'ledger', model: 'none' }, {}, 'fewer than two moments'],
  ] as const)('is refused for %s', async (_, requests, more, problem) => {
    await expect(plan(requests, more)).rejects.toMatchObject({
      code: 'TGL_REQUEST_INVALID',
      message: expect.stringContaining(problem),
    });
  });

  test('ends within its time, and what waits too long says so; the next one is answered', async () => {
    await using hurried = openPlanner({ store: opened.store, clock: opened.clock, maxMs: 0 });
    const asker = { organisation: 'o', account: null };
    await expect(hurried.plan(asker, { requests: rates, speeds })).rejects.toMatchObject({
      code: 'TGL_PLAN_UNAVAILABLE',
    });
    const asked = Array.from({ length: 4 }, () => planner.plan(asker, { requests: rates, speeds }));
    const ends = await Promise.allSettled(asked);
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
    expect((await plan(rates)).needed).toBeGreaterThan(0);
  });
});
