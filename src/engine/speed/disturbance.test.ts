import { expect, test } from 'vitest';
import { wasDisturbed } from './disturbance.ts';

const before = { all: 1000, busy: 300 };

test('a round counts where others took a tenth of the machine at most', () => {
  expect(wasDisturbed(before, { all: 1200, busy: 420 }, 1000)).toBe(false);
  expect(wasDisturbed(before, { all: 1200, busy: 421 }, 1000)).toBe(true);
});

test('where the system does not tell, every round counts', () => {
  expect(wasDisturbed(null, before, 10)).toBe(false);
  expect(wasDisturbed(before, { all: 1200, busy: 500 }, null)).toBe(false);
});
