import { expect, test } from 'vitest';
import { machineTime } from '../../src/engine/speed/disturbance.ts';
import { type Comparison, compare, ratioWithSpread } from './compare.ts';

const silent = { shown: String, soFar: () => '' };
const unknown = { cpuMilliseconds: () => null };

test('sides take turns, and who begins changes from round to round', async () => {
  const [ours, theirs] = [
    { ...unknown, name: 'ours' },
    { ...unknown, name: 'theirs' },
  ];
  const asked: string[] = [];
  const measure = async ({ name }: typeof ours): Promise<number> => asked.push(name);
  const effort = { rounds: 2, seconds: 60 };
  const { counted, discarded } = await compare('test', [ours, theirs], effort, measure, silent);
  expect(asked).toEqual(['ours', 'theirs', 'theirs', 'ours']);
  expect(counted.map((round) => round.ours.measured)).toEqual([1, 4]);
  expect(discarded).toBe(0);
});

test('one round is made whatever the time, and no other one after it', async () => {
  const effort = { rounds: 5, seconds: 0 };
  const measure = async (): Promise<number> => await new Promise((resolve) => setTimeout(resolve, 2, 1));
  const { counted } = await compare('test', [unknown, unknown], effort, measure, silent);
  expect(counted).toHaveLength(1);
});

test('what is known is told after each round', async () => {
  const told: number[] = [];
  const soFar = ({ counted }: Comparison<number>): string => String(told.push(counted.length));
  const effort = { rounds: 3, seconds: 60 };
  await compare('test', [unknown, unknown], effort, async () => 1, { shown: String, soFar });
  expect(told).toEqual([1, 2, 3]);
});

test('where no round was quiet, the disturbed ones count and are said to be', async () => {
  let time = 0;
  const busy = { cpuMilliseconds: () => (time === 0 ? 0 : -1e9) };
  const measure = async (): Promise<number> => {
    time++;
    return await new Promise((resolve) => setTimeout(resolve, 30, 1));
  };
  const comparison = await compare('test', [busy, busy], { rounds: 1, seconds: 0 }, measure, silent);
  expect(comparison).toMatchObject({
    counted: [{}],
    discarded: 0,
    disturbed: machineTime() === null ? 0 : 1,
  });
});

test('a median comes with its spread and with the rounds that were left out', () => {
  const sample = (measured: number) => ({ measured, cpuMilliseconds: null, disturbed: false });
  const counted = [3, 1, 2].map((value) => ({ ours: sample(value), theirs: sample(2) }));
  const comparison: Comparison<number> = { counted, discarded: 4, disturbed: 1 };
  const { ratio, figures } = ratioWithSpread('a', comparison, (round) => {
    return round.ours.measured / round.theirs.measured;
  });
  expect(ratio).toBe(1);
  expect(figures).toEqual({ aLowest: 0.5, aHighest: 1.5, aRounds: 3, aDiscarded: 4, aDisturbed: 1 });
});
