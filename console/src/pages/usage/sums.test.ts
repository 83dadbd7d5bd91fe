// Sums of days: nothing is counted twice or left out, and currencies are not mixed.
import { expect, test } from 'vitest';
import { sumsBy } from './sums.ts';

const row = { day: 0, name: 'a', requests: 1, prompt: 10, thinking: 5, answer: 2 };

test('add up by name, the largest first, with the money of each currency by itself', () => {
  const rows = [row, { ...row, day: 86_400 }, { ...row, name: 'b', thinking: 100 }];
  const costs = [
    { day: 0, name: 'a', amount: '0.25', currency: 'EUR' },
    { day: 86_400, name: 'a', amount: '0.5', currency: 'EUR' },
    { day: 0, name: 'a', amount: '1', currency: 'USD' },
    { day: 0, name: 'b', amount: '0', currency: 'EUR' },
  ];
  expect(sumsBy(({ name }) => name ?? '', rows, costs)).toEqual([
    { name: 'b', requests: 1, prompt: 10, thinking: 100, answer: 2, money: [] },
    {
      ...{ name: 'a', requests: 2, prompt: 20, thinking: 10, answer: 4 },
      money: [
        { currency: 'EUR', amount: 0.75 },
        { currency: 'USD', amount: 1 },
      ],
    },
  ]);
});

test('of nothing are none', () => {
  expect(sumsBy(() => '', [], [])).toEqual([]);
});
