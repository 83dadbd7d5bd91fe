import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { manualClock, seededRandom } from '../../base/index.ts';
import { createBudgets } from './budgets.ts';
import type { Ask, Hold } from './hold.ts';
import { createLeaseTerm } from './lease-term.ts';
import { createLeases } from './leases.ts';
import type { Lender } from './lender.ts';
import { type Limit, type LimitUnit, limitUnits } from './limit.ts';
import { type MemoryLender, memoryLender } from './memory-lender.ts';

const subjects = { organisation: 'org', account: 'acc', principal: 'prn', key: 'key' };
const limitOf = (unit: LimitUnit, amount: number): Limit => ({
  ...{ id: unit, organisation: 'org', scope: 'account', subject: 'acc', model: null, unit },
  ...{ period: unit === 'concurrency' ? 'total' : 'day', amount, enforcement: 'hard' },
});

const terms = { leaseMs: 30_000, longestRequestMs: 60_000 };

/** Answers after some turns of the event loop, as a database does. */
function slow(lender: MemoryLender, random: () => number) {
  let calls = 0;
  const grant: Lender['grant'] = async (...asked) => {
    calls++;
    for (let turn = 0; turn < random() * 4; turn++) await new Promise((resolve) => setImmediate(resolve));
    return lender.grant(...asked);
  };
  return { ...lender, grant, calls: () => calls };
}

function nodesOver(limits: readonly Limit[], count: number, random: () => number = () => 0) {
  const clock = manualClock(Date.parse('2026-11-30T12:00:00Z'));
  const lender = slow(memoryLender({ clock, terms, settledOf: () => 0 }), random);
  const nodes = Array.from({ length: count }, () => {
    const budgets = createBudgets({ clock, timeZoneOf: () => 'UTC', leased: true });
    budgets.replace(limits);
    return { budgets, leases: createLeases({ budgets, lender, clock, terms }) };
  });
  return { clock, lender, nodes };
}

const caps = { completion: 1, reasoning: 0 };
const askFor = (tokens: number): Ask => ({
  ...{ subjects, model: 'r1', caps, lowest: caps },
  most: () => ({ requests: 1, tokens, 'reasoning-tokens': 0, money: 0, concurrency: 1 }),
});
const granted = (lender: MemoryLender): number =>
  lender.equations().reduce((sum, { granted: all }) => sum + all, 0);

describe.each(limitUnits)('1,000 requests for %s on four nodes', (unit) => {
  test('are admitted exactly as often as the budget has room', async () => {
    const random = seededRandom(limitUnits.indexOf(unit)).next;
    const need = unit === 'requests' || unit === 'concurrency' ? 1 : 7;
    const room = 137;
    const { lender, nodes } = nodesOver([limitOf(unit, room * need)], 4, random);
    const most = () => ({
      ...{ requests: 0, tokens: 0, 'reasoning-tokens': 0, money: 0, concurrency: 0, [unit]: need },
    });
    const holds: Hold[] = [];
    await Promise.all(
      Array.from({ length: 1000 }, async (_, index) => {
        await pause(0);
        const node = nodes[index % 4]!;
        const admission = await node.leases.admit({ subjects, model: 'r1', caps, lowest: caps, most });
        if (admission.type === 'admitted') holds.push(admission.hold);
      }),
    );
    expect(holds.length).toBeLessThanOrEqual(room);
    // A node may be left with less than one request needs, and no more than that.
    expect(holds.length).toBeGreaterThanOrEqual(room - Math.floor((4 * (need - 1)) / need));
    expect(granted(lender)).toBeLessThanOrEqual(room * need);
    expect(lender.calls()).toBeGreaterThan(0);
  });
});

test('random use over many nodes never exceeds a budget, and uses up nearly all of it', async () => {
  for (let seed = 0; seed < 50; seed++) {
    const random = seededRandom(seed).next;
    const amount = 10_000;
    const { nodes } = nodesOver([limitOf('tokens', amount), limitOf('money', amount * 3)], 4, random);
    let used = 0;
    const client = async (node: (typeof nodes)[number]): Promise<void> => {
      for (;;) {
        const held = 50 + Math.floor(random() * 100);
        const amounts = { requests: 1, tokens: held, 'reasoning-tokens': 0, money: held * 2, concurrency: 1 };
        const admission = await node.leases.admit({
          ...{ subjects, model: 'r1', caps, lowest: caps, most: () => amounts },
        });
        if (admission.type === 'refused') return;
        await new Promise((resolve) => setImmediate(resolve));
        const tokens = Math.floor(held * (0.2 + 0.8 * random()));
        used += tokens;
        expect(admission.hold.settle({ ...amounts, tokens, money: tokens * 2 })).toBe(true);
      }
    };
    await Promise.all(nodes.flatMap((node) => [client(node), client(node), client(node)]));
    expect(used).toBeLessThanOrEqual(amount);
    expect(used).toBeGreaterThan(amount * 0.95);
  }
});

test('a database that is away is told, and nothing stays held', async () => {
  const clock = manualClock();
  const budgets = createBudgets({ clock, timeZoneOf: () => 'UTC', leased: true });
  budgets.replace([limitOf('tokens', 10)]);
  const away = async (): Promise<never> => {
    throw new Error('away');
  };
  const lender = { ...memoryLender({ clock, terms, settledOf: () => 0 }), grant: away };
  const leases = createLeases({ budgets, lender, clock, terms });
  await expect(leases.admit(askFor(1))).rejects.toThrow('away');
  expect(budgets.open()).toBe(0);
});

test('what a node does not need, another one has within three seconds', async () => {
  const { clock, nodes } = nodesOver([limitOf('tokens', 100)], 2);
  const [one, two] = nodes as [(typeof nodes)[number], (typeof nodes)[number]];
  const first = await one.leases.admit(askFor(90));
  if (first.type !== 'admitted') throw new TypeError('there was room');
  first.hold.settle({ requests: 1, tokens: 10, 'reasoning-tokens': 0, money: 0, concurrency: 0 });
  expect((await two.leases.admit(askFor(50))).type).toBe('refused');
  clock.advance(2500);
  await one.leases.keep();
  expect((await two.leases.admit(askFor(90))).type).toBe('admitted');
  expect(two.budgets.states(subjects)[0]).toMatchObject({ settled: 0, held: 100, remaining: 0 });
});

test('a node that stood still has forfeited its leases: it admits nothing on them, and asks anew', async () => {
  const { clock, lender, nodes } = nodesOver([limitOf('tokens', 100)], 1);
  const [{ budgets, leases }] = nodes as [(typeof nodes)[number]];
  const first = await leases.admit(askFor(30));
  if (first.type !== 'admitted') throw new TypeError('there was room');
  first.hold.settle({ requests: 1, tokens: 10, 'reasoning-tokens': 0, money: 0, concurrency: 0 });
  clock.advance(terms.leaseMs + 1);
  // 20 of its lease are left, which it may not use; what it had settled is known, so that nothing waits for the reaper.
  const second = await leases.admit(askFor(20));
  if (second.type !== 'admitted') throw new TypeError('there was room');
  expect(second.lessee).not.toBe(first.lessee);
  await leases.keep();
  expect(lender.equations()).toMatchObject([{ granted: 30, sum: 30 }]);
  expect(budgets.open()).toBe(1);
});

describe('requests of a node that cannot renew', () => {
  const endedBy = terms.leaseMs * (5 / 6) + terms.longestRequestMs;
  const admitted = async () => {
    const { clock, lender, nodes } = nodesOver([limitOf('tokens', 100)], 1);
    const [{ leases }] = nodes as [(typeof nodes)[number]];
    const request = await leases.admit(askFor(30));
    if (request.type !== 'admitted') throw new TypeError('there was room');
    return { clock, lender, leases, ...request };
  };

  test('end with a typed error before anybody else can be granted what they hold', async () => {
    const { clock, lender, leases, term } = await admitted();
    clock.advance(endedBy - 1);
    leases.endOverdue();
    expect(term.over.aborted).toBe(false);
    term.requireCurrent();
    clock.advance(1);
    leases.endOverdue();
    expect(term.over.reason).toMatchObject({ code: 'TGL_LEASES_LAPSED', status: 503, retryable: true });
    expect(await lender.reap()).toEqual([]);
    clock.advance(terms.leaseMs / 6 + 1);
    expect(await lender.reap()).toHaveLength(1);
  });

  test('end whether the node has been granted something anew or not', async () => {
    const { clock, leases, term } = await admitted();
    clock.advance(terms.leaseMs + 1);
    const anew = await leases.admit(askFor(20));
    clock.advance(endedBy - terms.leaseMs);
    leases.endOverdue();
    expect(term.over.aborted).toBe(true);
    expect(anew).toMatchObject({ type: 'admitted', term: { over: { aborted: false } } });
  });

  test('go on for as long as it renews', async () => {
    const { clock, leases, term } = await admitted();
    for (let passed = 0; passed < 3 * endedBy; passed += 10_000) {
      clock.advance(10_000);
      leases.endOverdue();
      await leases.keep();
    }
    term.requireCurrent();
  });

  test.each(['now', 'monotonic'] as const)('end by the clock %s alone', (moving) => {
    const [still, clock] = [manualClock(), manualClock()];
    const term = createLeaseTerm(
      { now: 0, monotonic: 0 },
      { clock: { ...still, [moving]: clock[moving] }, terms },
    );
    clock.advance(terms.leaseMs);
    expect(term.mayAdmit()).toBe(false);
    clock.advance(endedBy);
    // As after a machine was suspended: nobody has looked meanwhile.
    expect(term.over.aborted).toBe(false);
    expect(term.requireCurrent).toThrow(expect.objectContaining({ code: 'TGL_LEASES_LAPSED' }));
    expect(term.over.aborted).toBe(true);
  });
});

test('a node that ends leaves of its leases what it has used', async () => {
  const { lender, nodes } = nodesOver([limitOf('tokens', 100)], 2);
  const [one, two] = nodes as [(typeof nodes)[number], (typeof nodes)[number]];
  const first = await one.leases.admit(askFor(80));
  if (first.type !== 'admitted') throw new TypeError('there was room');
  first.hold.settle({ requests: 1, tokens: 15, 'reasoning-tokens': 0, money: 0, concurrency: 0 });
  await one.leases.leave();
  expect(granted(lender)).toBe(15);
  expect((await two.leases.admit(askFor(85))).type).toBe('admitted');
});

test('a lowered limit holds on what was granted before, also for what running requests give back', async () => {
  const { clock, lender, nodes } = nodesOver([limitOf('tokens', 100)], 2);
  const [one, two] = nodes as [(typeof nodes)[number], (typeof nodes)[number]];
  const first = await one.leases.admit(askFor(40));
  const second = await two.leases.admit(askFor(40));
  if (first.type !== 'admitted' || second.type !== 'admitted') throw new TypeError('there was room');
  for (const { budgets } of nodes) budgets.replace([limitOf('tokens', 50)]);
  first.hold.settle({ requests: 1, tokens: 5, 'reasoning-tokens': 0, money: 0, concurrency: 0 });
  expect((await one.leases.admit(askFor(10))).type).toBe('refused');
  clock.advance(200);
  await one.leases.keep();
  expect(lender.equations()).toMatchObject([{ granted: 45, sum: 45 }]);
  expect((await one.leases.admit(askFor(5))).type).toBe('admitted');
  expect((await two.leases.admit(askFor(1))).type).toBe('refused');
});

test('what was granted without being heard of comes back', async () => {
  const { lender, nodes } = nodesOver([limitOf('tokens', 100)], 1);
  const [{ budgets, leases }] = nodes as [(typeof nodes)[number]];
  await leases.admit(askFor(10));
  const clock = manualClock();
  const unheard = {
    ...lender,
    grant: async (...asked: Parameters<Lender['grant']>) => {
      await lender.grant(...asked);
      throw new Error('unheard');
    },
  };
  const other = createLeases({ budgets, lender: unheard, clock, terms });
  await expect(other.admit(askFor(30))).rejects.toThrow('unheard');
  expect(granted(lender)).toBeGreaterThan(10);
  await other.keep();
  expect(granted(lender)).toBe(10);
});

test('whoever floods a used budget is refused without a question each time', async () => {
  const { lender, nodes } = nodesOver([limitOf('tokens', 100)], 1);
  const [{ leases }] = nodes as [(typeof nodes)[number]];
  await leases.admit(askFor(90));
  const before = lender.calls();
  for (let count = 0; count < 50; count++) expect((await leases.admit(askFor(20))).type).toBe('refused');
  expect(lender.calls() - before).toBe(0);
});
