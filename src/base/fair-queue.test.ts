import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFairQueue } from './fair-queue.ts';

type Item = { readonly party: string; readonly cost: number };

test('gives back each item once, and counts what waits', () => {
  const item = fc.record({ party: fc.constantFrom('a', 'b', 'c'), cost: fc.integer({ min: 1, max: 100 }) });
  const step = fc.option(item, { nil: undefined });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const queue = createFairQueue<Item>();
      const model = new Set<Item>();
      for (const step of steps) {
        if (step !== undefined) {
          const item = { ...step };
          queue.push(item.party, item.cost, item);
          model.add(item);
        } else {
          const shifted = queue.shift();
          if (model.size === 0) expect(shifted).toBeUndefined();
          else expect(model.delete(shifted as Item)).toBe(true);
        }
        expect(queue.waiting()).toBe(model.size);
        for (const party of ['a', 'b', 'c'])
          expect(queue.waiting(party)).toBe([...model].filter((one) => one.party === party).length);
        expect(queue.parties()).toBe(new Set([...model].map(({ party }) => party)).size);
      }
    }),
  );
});

test('gives parties that always wait the same cost, up to the dearest item', () => {
  const costs = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 100, maxLength: 200 });
  fc.assert(
    fc.property(fc.tuple(costs, costs), (both) => {
      const queue = createFairQueue<Item>();
      for (const [index, costs] of both.entries())
        for (const cost of costs) queue.push(`${index}`, cost, { party: `${index}`, cost });
      const had = { 0: 0, 1: 0 } as Record<string, number>;
      while (queue.parties() === 2) {
        const { party, cost } = queue.shift() as Item;
        had[party] = (had[party] ?? 0) + cost;
        expect(Math.abs((had[0] as number) - (had[1] as number))).toBeLessThanOrEqual(50);
      }
    }),
  );
});

test('lets cheap items overtake dear ones, and no dear one wait for ever', () => {
  const queue = createFairQueue<string>();
  for (let item = 0; item < 3; item++) queue.push('a', 100, 'dear');
  let overtaking = 0;
  for (let turn = 0; turn < 10_000 && queue.waiting() > 1; turn++) {
    queue.push('a', 1, 'cheap');
    if (queue.shift() === 'cheap') overtaking++;
    else break;
  }
  expect(overtaking).toBeGreaterThan(100);
  expect(overtaking).toBeLessThan(1000);
});

test('gives a party that comes anew neither more nor less for the time that it was away', () => {
  const queue = createFairQueue<string>();
  for (let item = 0; item < 50; item++) queue.push('busy', 10, 'busy');
  for (let item = 0; item < 20; item++) queue.shift();
  for (let item = 0; item < 10; item++) queue.push('new', 10, 'new');
  const order = Array.from({ length: 20 }, () => queue.shift());
  expect(order.filter((name) => name === 'new')).toHaveLength(10);
  expect(order.slice(0, 6).filter((name) => name === 'new')).toHaveLength(3);
});
