// What tells whether a time is in proportion tells the square from it, and a step from the square.
import { expect, test } from 'vitest';
import { expectLinear } from './linear-time.ts';

/** Takes about so many thousandths of a millisecond. */
function work(units: number): number {
  let sum = 0;
  for (let turn = 0; turn < units * 250; turn++) sum += Math.sqrt(turn);
  return sum;
}

const same = (size: number): number => size;

test.each([
  ['in proportion', (size: number) => work(size)],
  ['in proportion but for the logarithm', (size: number) => work((size * Math.log2(size)) / 12)],
] as const)('a time that grows %s passes', (_, read) => {
  expectLinear(4000, same, read);
});

test('one with a step between the first two sizes passes', () => {
  const first = 15_000;
  expectLinear(first, same, (size) => work(size === first ? size : 1.4 * size));
});

test('one that grows with the square does not', () => {
  const read = (size: number): number => work(size ** 2 / 4000);
  expect(() => expectLinear(4000, same, read)).toThrow(/four times the size/);
});
