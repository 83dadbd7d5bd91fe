import { describe, expect, test } from 'vitest';
import { manualClock } from '../../base/index.ts';
import { createBudgets } from './budgets.ts';
import type { Ask, Hold } from './hold.ts';
import {
  type Amounts,
  type Limit,
  type LimitPeriod,
  type LimitScope,
  type LimitUnit,
  limitScopes,
  limitUnits,
} from './limit.ts';

const subjects = { organisation: 'org', account: 'acc', principal: 'prn', key: 'key' };

const limitOf = (
  unit: LimitUnit,
  amount: number,
  more: Partial<Limit> & { readonly period?: LimitPeriod } = {},
): Limit => {
  const { scope = 'account' } = more;
  return {
    ...{ id: `${scope} ${unit}`, organisation: 'org', scope, subject: subjects[scope], model: null },
    ...{ unit, period: 'day', amount, enforcement: 'hard', ...more },
  };
};

/** Of one token of prompt, and a price of three for each token. */
const most = ({ completion, reasoning }: Ask['caps']): Amounts => ({
  requests: 1,
  tokens: 1 + completion,
  'reasoning-tokens': Math.min(reasoning, completion),
  money: 3 * (1 + completion),
  concurrency: 1,
});

const caps = { completion: 9, reasoning: 5 };

const ask = (more: Partial<Ask> = {}): Ask => ({
  ...{ subjects, model: 'r1', caps, lowest: caps, most, ...more },
});

const setUp = (limits: readonly Limit[]) => {
  const clock = manualClock(Date.parse('2026-11-30T12:00:00Z'));
  const budgets = createBudgets({ clock, timeZoneOf: () => 'UTC' });
  budgets.replace(limits);
  return { clock, budgets };
};

const admitted = (budgets: ReturnType<typeof createBudgets>, more: Partial<Ask> = {}): Hold => {
  const admission = budgets.admit(ask(more));
  if (admission.type !== 'admitted') throw new Error(JSON.stringify(admission));
  return admission.hold;
};

const needed = most(caps);

describe.each(limitScopes)('a limit of a %s', (scope: LimitScope) => {
  test.each(limitUnits)(
    'on %s admits exactly as many of 1,000 requests at once as it has room for',
    async (unit) => {
      const room = 17;
      const need = needed[unit] as number;
      const { budgets } = setUp([limitOf(unit, room * need + need - 1, { scope })]);
      const holds: Hold[] = [];
      const request = async (): Promise<void> => {
        await Promise.resolve();
        const admission = budgets.admit(ask());
        if (admission.type !== 'admitted') return;
        holds.push(admission.hold);
        await new Promise((resolve) => setImmediate(resolve));
        admission.hold.settle(needed);
      };
      await Promise.all(Array.from({ length: 1000 }, request));
      expect(holds).toHaveLength(room);
      const [state] = budgets.states(subjects);
      expect(state).toMatchObject({ held: 0, settled: unit === 'concurrency' ? 0 : room * need });
      expect(budgets.open()).toBe(0);
    },
  );

  test('does not hold for others', () => {
    const { budgets } = setUp([limitOf('requests', 0, { scope })]);
    expect(budgets.admit(ask()).type).toBe('refused');
    expect(budgets.admit(ask({ subjects: { ...subjects, key: 'k2', [scope]: 'other' } })).type).toBe(
      'admitted',
    );
  });
});

describe('admission', () => {
  test('takes nothing where one limit of several has no room, and names all of those', () => {
    const { budgets } = setUp([
      limitOf('requests', 5),
      limitOf('tokens', 9),
      limitOf('money', 29, { scope: 'key', period: 'month' }),
    ]);
    const admission = budgets.admit(ask());
    expect(admission).toMatchObject({
      type: 'refused',
      failed: [
        { limit: { unit: 'money' }, needed: 30, remaining: 29 },
        { limit: { unit: 'tokens' }, needed: 10, remaining: 9 },
      ],
      waitMs: Number.POSITIVE_INFINITY,
    });
    expect(budgets.states(subjects).map(({ held, settled }) => held + settled)).toEqual([0, 0, 0]);
  });

  test('says how long to wait: for the end of the window, or for the bucket', () => {
    const { budgets, clock } = setUp([
      limitOf('requests', 1, { period: 'day' }),
      limitOf('tokens', 10, { period: 'minute' }),
    ]);
    admitted(budgets).settle(needed);
    clock.advance(6000);
    const admission = budgets.admit(ask());
    expect(admission).toMatchObject({
      failed: [
        { limit: { unit: 'requests' }, waitMs: 12 * 3_600_000 - 6000 },
        { limit: { unit: 'tokens' }, waitMs: 54_000 },
      ],
      waitMs: 12 * 3_600_000 - 6000,
    });
    clock.advance(12 * 3_600_000 - 6000);
    expect(budgets.admit(ask()).type).toBe('admitted');
  });

  test('of a bucket is possible once what is said has passed, and not before', () => {
    const { budgets, clock } = setUp([limitOf('tokens', 100, { period: 'minute' })]);
    for (let turn = 0; turn < 10; turn++) admitted(budgets).settle(needed);
    const refused = budgets.admit(ask());
    expect(refused).toMatchObject({ type: 'refused', waitMs: 6000 });
    clock.advance(5999);
    expect(budgets.admit(ask()).type).toBe('refused');
    clock.advance(1);
    expect(budgets.admit(ask()).type).toBe('admitted');
  });

  test('is refused under a money limit where nothing says what the model costs', () => {
    const { budgets } = setUp([limitOf('money', 1e9)]);
    const unpriced = { most: (caps: Ask['caps']) => ({ ...most(caps), money: null }) };
    expect(budgets.admit(ask(unpriced))).toMatchObject({ type: 'refused', failed: [{ needed: null }] });
  });

  test('lowers the caps to what fits where a useful answer does', () => {
    const { budgets } = setUp([limitOf('money', 21), limitOf('reasoning-tokens', 2)]);
    const hold = admitted(budgets, { lowest: { completion: 4, reasoning: 0 } });
    expect([hold.isLowered, hold.caps]).toEqual([true, { completion: 6, reasoning: 2 }]);
    expect(hold.held).toMatchObject({ money: 21, 'reasoning-tokens': 2 });
    expect(budgets.admit(ask({ lowest: { completion: 4, reasoning: 0 } })).type).toBe('refused');
  });

  test('of a model is limited by its own limits and by those over all', () => {
    const { budgets } = setUp([limitOf('requests', 2), limitOf('requests', 1, { id: 'r1', model: 'r1' })]);
    admitted(budgets);
    expect(budgets.admit(ask()).type).toBe('refused');
    admitted(budgets, { model: 'other' });
    expect(budgets.admit(ask({ model: 'other' })).type).toBe('refused');
  });

  test('with a soft limit is only told', () => {
    const { budgets } = setUp([limitOf('tokens', 15, { enforcement: 'soft' })]);
    expect(admitted(budgets).exceeded).toEqual([]);
    expect(admitted(budgets).exceeded).toMatchObject([{ unit: 'tokens' }]);
  });
});

describe('settlement', () => {
  test('gives back what was not used, once', () => {
    const { budgets } = setUp([limitOf('tokens', 20)]);
    const hold = admitted(budgets);
    expect(hold.settle({ ...needed, tokens: 3 })).toBe(true);
    hold.settle({ ...needed, tokens: 3 });
    hold.release();
    expect(budgets.states(subjects)).toMatchObject([{ settled: 3, held: 0, remaining: 17 }]);
  });

  test('never counts more than was held, and says so', () => {
    const { budgets } = setUp([limitOf('tokens', 20)]);
    expect(admitted(budgets).settle({ ...needed, tokens: 11 })).toBe(false);
    expect(budgets.states(subjects)).toMatchObject([{ settled: 10 }]);
  });

  test('belongs to the window in which the request was admitted', () => {
    const { budgets, clock } = setUp([limitOf('tokens', 10)]);
    const hold = admitted(budgets);
    clock.advance(24 * 3_600_000);
    const next = admitted(budgets);
    hold.settle(needed);
    expect(budgets.states(subjects)).toMatchObject([{ settled: 0, held: 10 }]);
    next.settle(needed);
    expect(budgets.states(subjects)).toMatchObject([{ settled: 10, held: 0 }]);
  });

  test('does not give back to a bucket what has refilled already', () => {
    const { budgets, clock } = setUp([limitOf('tokens', 60, { period: 'minute' })]);
    const first = admitted(budgets);
    clock.advance(5000);
    admitted(budgets).settle(needed);
    first.release();
    // Ten were taken and five refilled, ten were used; of the ten given back five were free before.
    expect(budgets.states(subjects)).toMatchObject([{ remaining: 50 }]);
  });

  test('tells each share of a limit once', () => {
    const clock = manualClock(0);
    const told: unknown[] = [];
    const budgets = createBudgets({
      clock,
      timeZoneOf: () => 'UTC',
      onShare: ({ settled }, percent) => told.push([settled, percent]),
    });
    budgets.replace([limitOf('tokens', 50)]);
    for (let turn = 0; turn < 5; turn++) admitted(budgets).settle(needed);
    expect(told).toEqual([
      [30, 50],
      [40, 80],
      [50, 100],
    ]);
  });
});

describe('limits that are set while requests run', () => {
  test('go on with what the one before them has counted', () => {
    const { budgets } = setUp([limitOf('tokens', 20)]);
    admitted(budgets).settle(needed);
    const running = admitted(budgets);
    budgets.replace([limitOf('tokens', 15, { id: 'lower' })]);
    expect(budgets.states(subjects)).toMatchObject([{ settled: 10, held: 10, remaining: 0 }]);
    running.release();
    expect(budgets.states(subjects)).toMatchObject([{ settled: 10, held: 0, remaining: 5 }]);
  });

  test('begin with what was used before and what is held', () => {
    const { budgets } = setUp([]);
    const running = admitted(budgets);
    budgets.replace([limitOf('tokens', 30), limitOf('tokens', 30, { period: 'minute' })], () => 7);
    expect(budgets.states(subjects)).toMatchObject([
      { settled: 7, held: 10 },
      { settled: 7, held: 10 },
    ]);
    running.settle(needed);
    expect(budgets.states(subjects)).toMatchObject([
      { settled: 17, held: 0 },
      { settled: 17, held: 0 },
    ]);
  });

  test('leave nobody limited once they are gone', () => {
    const { budgets } = setUp([limitOf('tokens', 0)]);
    expect(budgets.admit(ask()).type).toBe('refused');
    budgets.replace([]);
    expect(budgets.admit(ask()).type).toBe('admitted');
  });
});

test('a clock that is set back opens no window again', () => {
  let now = Date.parse('2026-11-30T00:30:00Z');
  const budgets = createBudgets({ clock: { now: () => now, monotonic: () => 0 }, timeZoneOf: () => 'UTC' });
  budgets.replace([limitOf('tokens', 10)]);
  admitted(budgets).settle(needed);
  now -= 3_600_000;
  expect(budgets.admit(ask()).type).toBe('refused');
});
