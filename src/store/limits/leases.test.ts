import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { manualClock, seededRandom } from '../../base/index.ts';
import { createBudgets } from './budgets.ts';
import type { CountedWindow } from './counter.ts';
import type { Hold } from './hold.ts';
import { createLeases, type Lender } from './leases.ts';
import { type Limit, type LimitUnit, limitUnits } from './limit.ts';

const subjects = { organisation: 'org', account: 'acc', principal: 'prn', key: 'key' };
const limitOf = (unit: LimitUnit, amount: number): Limit => ({
  ...{ id: unit, organisation: 'org', scope: 'account', subject: 'acc', model: null, unit },
  ...{ period: unit === 'concurrency' ? 'total' : 'day', amount, enforcement: 'hard' },
});

/** What a database does: grants a constant amount where it fits, after some turns of the event loop. */
function sharedDatabase(random: () => number) {
  const granted = new Map<string, number>();
  let calls = 0;
  const lender: Lender = {
    grant: async (limit: Limit, window: CountedWindow, amount: number) => {
      calls++;
      for (let turn = 0; turn < random() * 4; turn++) await new Promise((resolve) => setImmediate(resolve));
      const name = `${limit.id} ${window.start}`;
      const sum = (granted.get(name) ?? 0) + amount;
      if (sum > limit.amount) return false;
      granted.set(name, sum);
      return true;
    },
  };
  return { lender, granted, calls: () => calls };
}

function nodesOver(lender: Lender, limits: readonly Limit[], nodes: number) {
  const clock = manualClock(Date.parse('2026-11-30T12:00:00Z'));
  const moment = () => ({ now: clock.now(), monotonic: clock.monotonic() });
  return Array.from({ length: nodes }, () => {
    const budgets = createBudgets({ clock, timeZoneOf: () => 'UTC', leased: true });
    budgets.replace(limits);
    return { budgets, leases: createLeases({ budgets, lender, moment, nodes }) };
  });
}

describe.each(limitUnits)('1,000 requests for %s on four nodes', (unit) => {
  test('are admitted exactly as often as the budget has room', async () => {
    const random = seededRandom(limitUnits.indexOf(unit)).next;
    const need = unit === 'requests' || unit === 'concurrency' ? 1 : 7;
    const room = 137;
    const { lender, granted, calls } = sharedDatabase(random);
    const nodes = nodesOver(lender, [limitOf(unit, room * need)], 4);
    const caps = { completion: 1, reasoning: 0 };
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
    expect([...granted.values()].reduce((sum, amount) => sum + amount, 0)).toBeLessThanOrEqual(room * need);
    expect(calls()).toBeGreaterThan(0);
  });
});

test('random use over many nodes never exceeds a budget, and uses up nearly all of it', async () => {
  for (let seed = 0; seed < 50; seed++) {
    const random = seededRandom(seed).next;
    const amount = 10_000;
    const { lender } = sharedDatabase(random);
    const nodes = nodesOver(lender, [limitOf('tokens', amount), limitOf('money', amount * 3)], 4);
    let used = 0;
    const client = async (node: (typeof nodes)[number]): Promise<void> => {
      for (;;) {
        const held = 50 + Math.floor(random() * 100);
        const amounts = { requests: 1, tokens: held, 'reasoning-tokens': 0, money: held * 2, concurrency: 1 };
        const caps = { completion: held, reasoning: 0 };
        const admission = await node.leases.admit({
          ...{ subjects, model: 'r1', caps, lowest: caps, most: () => amounts },
        });
        if (admission.type === 'refused') return;
        if (admission.type !== 'admitted') throw new TypeError('neither admitted nor refused');
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
  const lender: Lender = {
    grant: async () => {
      throw new Error('away');
    },
  };
  const [node] = nodesOver(lender, [limitOf('tokens', 10)], 1);
  const caps = { completion: 1, reasoning: 0 };
  const most = () => ({ requests: 1, tokens: 1, 'reasoning-tokens': 0, money: 0, concurrency: 1 });
  await expect(node?.leases.admit({ subjects, model: 'r1', caps, lowest: caps, most })).rejects.toThrow(
    'away',
  );
  expect(node?.budgets.open()).toBe(0);
});
