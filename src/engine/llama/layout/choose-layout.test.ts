import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EngineLayout } from '../../../base/index.ts';
import { chooseLayout, layoutChoiceSchema, longestTrialMs } from './choose-layout.ts';
import { describeLayout, type LayoutAlternatives } from './layout.ts';

const usual: EngineLayout = { threads: 1, attention: 'plain', caches: 'one' };
const all: LayoutAlternatives = {
  threads: [1, 2, 4],
  attention: ['plain', 'flash'],
  caches: ['one', 'each'],
};

type Times = (layout: EngineLayout, call: number) => readonly number[];

/** A machine on which work takes what is said, whatever else happens. */
function machine(times: Times, disturbs: (round: number) => boolean = () => false) {
  let now = 0;
  let rounds = 0;
  const calls = new Map<string, number>();
  const order: EngineLayout[] = [];
  const trial = {
    clock: { now: () => now, monotonic: () => now },
    watch: () => {
      const round = rounds++;
      return () => disturbs(round);
    },
    work: (layout: EngineLayout, until: number) => {
      if (now > until) return undefined;
      const call = calls.get(describeLayout(layout)) ?? 0;
      calls.set(describeLayout(layout), call + 1);
      order.push(layout);
      const taken = times(layout, call);
      for (const one of taken) if (now <= until) now += one;
      return now > until ? undefined : taken;
    },
  };
  return { trial, order, now: () => now };
}

const evenTimes = (cost: (layout: EngineLayout) => number): Times => {
  return (layout) => [cost(layout), cost(layout), cost(layout)];
};

test('what is clearly better is chosen, one part of the layout after the other', () => {
  const cost = ({ threads, attention, caches }: EngineLayout): number =>
    (attention === 'flash' ? 5 : 10) * (caches === 'each' ? 2 : 1) * (threads === 2 ? 0.5 : 1);
  const { trial } = machine(evenTimes(cost));
  const choice = chooseLayout(usual, all, trial);
  expect(choice).toMatchObject({
    outcome: 'measured',
    usual,
    chosen: { threads: 2, attention: 'flash', caches: 'one' },
  });
  expect(choice.compared[0]).toEqual({ layout: { ...usual, attention: 'flash' }, ratio: 0.5, rounds: 3 });
  expect(layoutChoiceSchema.parse(choice)).toEqual(choice);
});

test('what is as good, or better by less than the margin, does not replace the table', () => {
  for (const gain of [1, 0.95, 0.91]) {
    const { trial } = machine(evenTimes((layout) => (layout.attention === 'flash' ? 10 * gain : 10)));
    expect(chooseLayout(usual, all, trial).chosen).toEqual(usual);
  }
});

test('what wins over all by making one part of the work worse is not chosen', () => {
  const { trial } = machine(({ threads }) => (threads === 4 ? [1, 1, 12] : [10, 10, 10]));
  expect(chooseLayout(usual, all, trial).chosen).toEqual(usual);
});

test('single slow rounds change nothing', () => {
  const slowNow = (call: number): number => (call === 2 ? 50 : 1);
  const { trial } = machine(({ attention }, call) => [
    (attention === 'flash' ? 7 : 10) * (attention === 'flash' ? slowNow(call) : 1),
  ]);
  expect(chooseLayout(usual, { ...all, threads: [], caches: [] }, trial).chosen.attention).toBe('flash');
});

test('candidates take turns in going first', () => {
  const { trial, order } = machine((layout, call) => [layout.attention === 'flash' ? 9.5 + (call % 2) : 10]);
  chooseLayout(usual, { ...all, threads: [], caches: [] }, trial);
  const firsts = order.filter((_, index) => index % 2 === 0).map(({ attention }) => attention);
  expect(new Set(firsts)).toEqual(new Set(['plain', 'flash']));
});

test('on a machine that others use nothing is concluded, and little is tried', () => {
  const { trial, order } = machine(
    evenTimes(({ attention }) => (attention === 'flash' ? 1 : 10)),
    () => true,
  );
  expect(chooseLayout(usual, all, trial)).toEqual({
    usual,
    chosen: usual,
    outcome: 'disturbed',
    compared: [],
  });
  expect(order.length).toBeLessThan(15);
});

test('a disturbed round is made again and does not count', () => {
  const { trial } = machine(
    ({ attention }, call) =>
      call === 2 ? [attention === 'flash' ? 1000 : 1] : [attention === 'flash' ? 5 : 10],
    (round) => round === 2,
  );
  const choice = chooseLayout(usual, { ...all, threads: [], caches: [] }, trial);
  expect(choice.compared).toEqual([{ layout: { ...usual, attention: 'flash' }, ratio: 0.5, rounds: 3 }]);
});

test('a model too slow for three rounds stays in its usual layout, and no work begins behind the time', () => {
  const longest = 1_500;
  const { trial, now } = machine(() => [longest]);
  expect(chooseLayout(usual, all, trial).outcome).toBe('not-measured');
  expect(now()).toBeLessThanOrEqual(longestTrialMs + longest);
});

test('what was found before the time ended counts', () => {
  const { trial } = machine(({ attention }) => [attention === 'flash' ? 400 : 900]);
  const choice = chooseLayout(usual, all, trial);
  expect(choice).toMatchObject({ outcome: 'measured', chosen: { ...usual, attention: 'flash' } });
});

test('what is left far behind when it is first tried is not tried again, and costs little', () => {
  const { trial, order, now } = machine(({ threads }) => (threads === 1 ? [10, 10] : [30, 30, 1000, 1000]));
  const choice = chooseLayout(usual, { threads: [1, 2, 4], attention: [], caches: [] }, trial);
  expect(choice).toMatchObject({ outcome: 'measured', chosen: usual, compared: [] });
  expect(order.filter(({ threads }) => threads > 1)).toHaveLength(2);
  expect(now()).toBeLessThan(2_200);
});

test('unless others used the machine meanwhile', () => {
  const { trial } = machine(
    ({ threads }) => (threads === 1 ? [10] : [50]),
    (round) => round === 0,
  );
  const choice = chooseLayout(usual, { threads: [1, 2], attention: [], caches: [] }, trial);
  expect(choice.outcome).toBe('disturbed');
});

test('where there is nothing to choose nothing is tried', () => {
  const { trial, order } = machine(() => [1]);
  const none = { threads: [1], attention: [], caches: [] };
  expect(chooseLayout(usual, none, trial).outcome).toBe('not-measured');
  expect(order).toEqual([]);
});

test('property: the choice depends on nothing but the times, keeps ties with the table, and ends in time', () => {
  const time = fc.integer({ min: 1, max: 400 });
  const layouts = all.threads.flatMap((threads) =>
    all.attention.flatMap((attention) => all.caches.map((caches) => ({ threads, attention, caches }))),
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(time, time, time), { minLength: layouts.length, maxLength: layouts.length }),
      fc.array(fc.boolean(), { maxLength: 30 }),
      (costs, disturbed) => {
        const table = new Map(layouts.map((layout, index) => [describeLayout(layout), costs[index] ?? []]));
        const times: Times = (layout) => table.get(describeLayout(layout)) ?? [];
        const disturbs = (round: number): boolean => disturbed[round] ?? false;
        const [first, second] = [machine(times, disturbs), machine(times, disturbs)];
        const choice = chooseLayout(usual, all, first.trial);
        expect(chooseLayout(usual, all, second.trial)).toEqual(choice);
        expect(first.now()).toBeLessThanOrEqual(longestTrialMs + 400);
        if (choice.outcome !== 'measured') expect(choice.chosen).toEqual(usual);
        const better = describeLayout(choice.chosen) !== describeLayout(usual);
        if (better) expect(Math.min(...choice.compared.map(({ ratio }) => ratio))).toBeLessThanOrEqual(0.9);
        const equal = machine(() => costs[0] ?? [], disturbs);
        expect(chooseLayout(usual, all, equal.trial).chosen).toEqual(usual);
      },
    ),
  );
});
