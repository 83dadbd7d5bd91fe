// Random sequences of what may happen to limits, held against the reference after each step.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ManualClock, manualClock } from '../../base/index.ts';
import { type Budgets, createBudgets } from './budgets.ts';
import type { Ask, Caps, Hold } from './hold.ts';
import { type Limit, type LimitPeriod, type LimitUnit, limitUnits } from './limit.ts';
import { type Entry, sumOf } from './reference.ts';

const subjects = { organisation: 'org', account: 'acc', principal: 'prn', key: 'key' };
const models = ['r1', 'other'] as const;
/** A little before a day, a month and a year end. */
const start = Date.parse('2026-12-31T22:58:00Z');

type Used = Readonly<Record<LimitUnit, number>>;
type Model = { entries: Entry[]; limits: Limit[]; next: number };
type Real = { budgets: Budgets; clock: ManualClock; readonly holds: Map<number, Hold> };

const most = ({ completion, reasoning }: Caps): Used => ({
  requests: 1,
  tokens: 2 + completion,
  'reasoning-tokens': Math.min(reasoning, completion),
  money: 6 + 5 * completion,
  concurrency: 1,
});

const newBudgets = (clock: ManualClock): Budgets => createBudgets({ clock, timeZoneOf: () => 'UTC' });

/** Where running counts and sums have to agree; buckets are compared within a thousandth. */
function check(model: Model, { budgets, clock }: Real): void {
  const states = budgets.states(subjects);
  expect(states).toHaveLength(model.limits.length);
  for (const { limit, settled, held } of states) {
    const sum = sumOf(limit, model.entries, clock.now());
    if (limit.period === 'minute' && limit.unit !== 'concurrency')
      expect(settled + held).toBeGreaterThanOrEqual(Math.ceil(sum - 1e-3));
    else expect(settled + held).toBe(sum);
  }
}

class Admit implements fc.Command<Model, Real> {
  readonly name: string;
  readonly caps: Caps;
  readonly least: number;
  constructor(name: string, caps: Caps, least: number) {
    this.name = name;
    this.caps = caps;
    this.least = least;
  }
  check = (): boolean => true;
  toString = (): string => `admit(${this.name}, ${JSON.stringify(this.caps)}, ${this.least})`;
  run(model: Model, real: Real): void {
    const { caps, name } = this;
    const lowest = { completion: Math.min(this.least, caps.completion), reasoning: 0 };
    const now = real.clock.now();
    const fits = (wanted: Caps): boolean =>
      model.limits.every((limit) => {
        if (limit.enforcement === 'soft' || (limit.model !== null && limit.model !== name)) return true;
        const needed = most(wanted)[limit.unit];
        return needed === 0 || sumOf(limit, model.entries, now) + needed <= limit.amount + 1e-6;
      });
    let expected: Caps | undefined = fits(caps) ? caps : undefined;
    if (expected === undefined && fits(lowest)) {
      let [reasoning, completion] = [caps.reasoning, caps.completion];
      while (!fits({ completion: lowest.completion, reasoning })) reasoning--;
      while (!fits({ completion, reasoning })) completion--;
      expected = { completion, reasoning };
    }
    const ask: Ask = { subjects, model: name, caps, lowest, most };
    const admission = real.budgets.admit(ask);
    expect(admission.type === 'admitted' ? admission.hold.caps : undefined).toEqual(expected);
    if (admission.type !== 'admitted') return;
    const id = model.next++;
    real.holds.set(id, admission.hold);
    const held = most(admission.hold.caps);
    model.entries.push({ id, at: now, model: name, held, used: null, settledAt: now });
    for (const { limit, settled, held } of admission.hold.states()) {
      if (limit.enforcement === 'hard' && most(admission.hold.caps)[limit.unit] > 0)
        expect(settled + held).toBeLessThanOrEqual(limit.amount);
    }
    check(model, real);
  }
}

/** The oldest or the newest of those that run ends having used some share of what it holds, or nothing. */
class End implements fc.Command<Model, Real> {
  readonly share: number;
  readonly newest: boolean;
  constructor(share: number, newest: boolean) {
    this.share = share;
    this.newest = newest;
  }
  check = ({ entries }: Model): boolean => entries.some(({ used }) => used === null);
  toString = (): string => `end(${this.share}, ${this.newest})`;
  run(model: Model, real: Real): void {
    const running = model.entries.filter(({ used }) => used === null);
    const entry = running.at(this.newest ? -1 : 0) as Entry;
    const used = Object.fromEntries(
      limitUnits.map((unit) => [unit, Math.floor(entry.held[unit] * this.share)]),
    ) as Used;
    const hold = real.holds.get(entry.id) as Hold;
    if (this.share === 0) hold.release();
    else expect(hold.settle(used)).toBe(true);
    hold.release();
    entry.used = used;
    entry.settledAt = real.clock.now();
    check(model, real);
  }
}

class Wait implements fc.Command<Model, Real> {
  readonly milliseconds: number;
  constructor(milliseconds: number) {
    this.milliseconds = milliseconds;
  }
  check = (): boolean => true;
  toString = (): string => `wait(${this.milliseconds})`;
  run(model: Model, real: Real): void {
    real.clock.advance(this.milliseconds);
    check(model, real);
  }
}

class Change implements fc.Command<Model, Real> {
  readonly index: number;
  readonly amount: number;
  constructor(index: number, amount: number) {
    this.index = index;
    this.amount = amount;
  }
  /** A bucket whose amount changed has run out at two rates, which the reference does not follow. */
  check = ({ limits }: Model): boolean => limits[this.index % limits.length]?.period !== 'minute';
  toString = (): string => `change(${this.index}, ${this.amount})`;
  run(model: Model, real: Real): void {
    const index = this.index % model.limits.length;
    model.limits = model.limits.map((limit, at) =>
      at === index ? { ...limit, id: `${limit.id}'`, amount: this.amount } : limit,
    );
    real.budgets.replace(model.limits);
    check(model, real);
  }
}

/** The process ends, and the next one begins with what the ledger has. */
class Crash implements fc.Command<Model, Real> {
  check = (): boolean => true;
  toString = (): string => 'crash()';
  run(model: Model, real: Real): void {
    const now = real.clock.now();
    model.entries = model.entries.filter(({ used }) => used !== null);
    for (const entry of model.entries) entry.settledAt = Math.min(entry.settledAt, now);
    real.holds.clear();
    real.budgets = newBudgets(real.clock);
    real.budgets.replace(model.limits, (limit, window) =>
      model.entries
        .filter(({ at, model: of }) => at >= window.start && (limit.model === null || limit.model === of))
        .reduce((sum, { used }) => sum + (used?.[limit.unit] ?? 0), 0),
    );
    check(model, real);
  }
}

const anyLimit = fc
  .record({
    scope: fc.constantFrom('key', 'account', 'principal', 'organisation' as const),
    model: fc.constantFrom(null, ...models),
    unit: fc.constantFrom(...limitUnits),
    period: fc.constantFrom<LimitPeriod>('minute', 'hour', 'day', 'month', 'total'),
    amount: fc.nat({ max: 120 }),
    enforcement: fc.constantFrom('hard', 'hard', 'hard', 'soft' as const),
  })
  .map(
    (some): Limit => ({
      ...some,
      id: JSON.stringify(some),
      organisation: 'org',
      subject: subjects[some.scope],
      period: some.unit === 'concurrency' ? 'total' : some.period,
    }),
  );

const anyLimits = fc.uniqueArray(anyLimit, {
  minLength: 1,
  maxLength: 6,
  selector: ({ scope, model, unit, period }) => JSON.stringify([scope, model, unit, period]),
});

const commands = (withCrash: boolean): fc.Arbitrary<Iterable<fc.Command<Model, Real>>> =>
  fc.commands(
    [
      fc
        .tuple(fc.constantFrom(...models), fc.nat({ max: 30 }), fc.nat({ max: 30 }), fc.nat({ max: 8 }))
        .map(([name, completion, reasoning, least]) => new Admit(name, { completion, reasoning }, least)),
      fc
        .tuple(fc.constantFrom(0, 0.3, 0.7, 1), fc.boolean())
        .map(([share, newest]) => new End(share, newest)),
      fc.constantFrom(1, 700, 20_000, 3_600_000, 86_400_000).map((ms) => new Wait(ms)),
      fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 120 })).map(([index, amount]) => new Change(index, amount)),
      ...(withCrash ? [fc.constant(new Crash())] : []),
    ],
    { maxCommands: 30 },
  );

function run(limits: Limit[], sequence: Iterable<fc.Command<Model, Real>>): void {
  fc.modelRun(() => {
    const clock = manualClock(start);
    const budgets = newBudgets(clock);
    budgets.replace(limits);
    return { model: { entries: [], limits, next: 0 }, real: { budgets, clock, holds: new Map() } };
  }, sequence);
}

describe('limits', () => {
  test('agree with the reference after every step of 8,000 sequences', () => {
    const sequence = fc.property(anyLimits, commands(false), run);
    fc.assert(sequence, { numRuns: 8000 });
  }, 240_000);

  // After a crash a bucket counts what was used within a minute as if nothing had refilled, which the reference does not.
  test('agree with it after crashes, in windows, in 4,000 sequences', () => {
    const windows = anyLimits.map((limits) =>
      limits.map((limit) => (limit.period === 'minute' ? { ...limit, period: 'hour' as const } : limit)),
    );
    const distinct = windows.map((limits) => [
      ...new Map(
        limits.map((limit) => [JSON.stringify([limit.scope, limit.model, limit.unit, limit.period]), limit]),
      ).values(),
    ]);
    fc.assert(fc.property(distinct, commands(true), run), { numRuns: 4000 });
  }, 240_000);

  test('of a minute never let more be used in any span than the amount and what refills in it', () => {
    const step = fc.record({
      wait: fc.nat({ max: 20_000 }),
      need: fc.integer({ min: 1, max: 40 }),
      share: fc.constantFrom(0, 0.25, 0.5, 1),
      ends: fc.nat({ max: 4 }),
    });
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 90 }), fc.array(step, { maxLength: 40 }), (amount, steps) => {
        const clock = manualClock(start);
        const budgets = newBudgets(clock);
        const limit: Limit = {
          ...{ id: 'l', organisation: 'org', scope: 'key', subject: 'key', model: null, unit: 'tokens' },
          ...{ period: 'minute', amount, enforcement: 'hard' },
        };
        budgets.replace([limit]);
        const used: { readonly at: number; readonly tokens: number }[] = [];
        let running: { readonly hold: Hold; readonly tokens: number }[] = [];
        for (const { wait, need, share, ends } of steps) {
          clock.advance(wait);
          const amounts = { requests: 1, tokens: need, 'reasoning-tokens': 0, money: 0, concurrency: 1 };
          const caps = { completion: need, reasoning: 0 };
          const admission = budgets.admit({ subjects, model: 'r1', caps, lowest: caps, most: () => amounts });
          if (admission.type === 'admitted') {
            const tokens = Math.floor(need * share);
            used.push({ at: clock.now(), tokens });
            running.push({ hold: admission.hold, tokens });
          }
          for (const { hold, tokens } of running.slice(0, ends))
            hold.settle({ requests: 1, tokens, 'reasoning-tokens': 0, money: 0, concurrency: 1 });
          running = running.slice(ends);
        }
        for (const [from, { at }] of used.entries()) {
          let sum = 0;
          for (const later of used.slice(from)) {
            sum += later.tokens;
            expect(sum).toBeLessThanOrEqual(amount + (amount * (later.at - at)) / 60_000);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });
});
