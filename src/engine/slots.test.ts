import { expect, test } from 'vitest';
import { createSlots, type Lease, type Slots } from './slots.ts';

const never = new AbortController().signal;

const take = async (slots: Slots): Promise<Lease> => await slots.acquire(never);

test('gives out the lowest free number', async () => {
  const slots = createSlots(3);
  const leases = [await take(slots), await take(slots), await take(slots)];
  expect(leases.map(({ slot }) => slot)).toEqual([0, 1, 2]);
  leases[2]?.[Symbol.dispose]();
  leases[1]?.[Symbol.dispose]();
  expect((await take(slots)).slot).toBe(1);
});

test('serves waiters in order and counts them', async () => {
  const slots = createSlots(1);
  const order: string[] = [];
  const hold = async (name: string): Promise<void> => {
    using lease = await take(slots);
    order.push(`${name} ${lease.slot}`);
    await Promise.resolve();
  };
  const all = Promise.all([hold('first'), hold('second'), hold('third')]);
  expect(slots.load()).toEqual({ active: 1, waiting: 2 });
  await all;
  expect(order).toEqual(['first 0', 'second 0', 'third 0']);
  expect(slots.load()).toEqual({ active: 0, waiting: 0 });
});

test('giving a slot back twice does not free the one who has it now', async () => {
  const slots = createSlots(1);
  const first = await take(slots);
  first[Symbol.dispose]();
  const second = await take(slots);
  first[Symbol.dispose]();
  expect(slots.load()).toEqual({ active: 1, waiting: 0 });
  second[Symbol.dispose]();
  expect(slots.load()).toEqual({ active: 0, waiting: 0 });
});

test('a waiter whose signal aborts leaves the queue with its reason', async () => {
  const slots = createSlots(1);
  await take(slots);
  const stop = new AbortController();
  const waiting = slots.acquire(stop.signal);
  const reason = new Error('tired');
  stop.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  expect(slots.load()).toEqual({ active: 1, waiting: 0 });
});
