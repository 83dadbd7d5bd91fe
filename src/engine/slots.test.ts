import { expect, test } from 'vitest';
import { createSlots } from './slots.ts';

const never = new AbortController().signal;

test('gives out the lowest free number', async () => {
  const slots = createSlots(3);
  expect([await slots.acquire(never), await slots.acquire(never), await slots.acquire(never)]).toEqual([
    0, 1, 2,
  ]);
  slots.release(2);
  slots.release(1);
  expect(await slots.acquire(never)).toBe(1);
});

test('serves waiters in order and counts them', async () => {
  const slots = createSlots(1);
  await slots.acquire(never);
  const order: string[] = [];
  const first = slots.acquire(never).then(() => order.push('first'));
  const second = slots.acquire(never).then(() => order.push('second'));
  expect(slots.load()).toEqual({ active: 1, waiting: 2 });
  slots.release(0);
  slots.release(0);
  await Promise.all([first, second]);
  expect(order).toEqual(['first', 'second']);
});

test('releasing a free slot changes nothing', () => {
  const slots = createSlots(2);
  slots.release(0);
  expect(slots.load()).toEqual({ active: 0, waiting: 0 });
});
