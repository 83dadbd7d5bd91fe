import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPromptOrder, type PromptOrder, stepsPerRound, type UnreadPrompt } from './prompt-order.ts';

const promptsOf = (...rests: readonly number[]): readonly UnreadPrompt[] =>
  rests.map((rest, sequence) => ({ sequence, cacheScope: 'a', rest, arrival: sequence }));

describe('a step', () => {
  test('takes the shortest rest first, and the next ones for the room that is left', () => {
    const order = createPromptOrder();
    expect(order.next(promptsOf(4000, 30, 90), 64)).toEqual([
      { sequence: 1, tokens: 30 },
      { sequence: 2, tokens: 34 },
    ]);
  });

  test('begins with the oldest, every fourth time', () => {
    const order = createPromptOrder();
    const prompts = promptsOf(4000, 30);
    const firsts = Array.from({ length: 8 }, () => order.next(prompts, 30)[0]?.sequence);
    expect(firsts).toEqual([1, 1, 1, 0, 1, 1, 1, 0]);
  });

  test('takes none where there is none', () => {
    expect(createPromptOrder().next([], 64)).toEqual([]);
    expect(createPromptOrder().next(promptsOf(3), 0)).toEqual([]);
  });

  test('fills its room with as much as there is, from each prompt once', () => {
    const prompts = fc.array(
      fc.record({ rest: fc.integer({ min: 1, max: 500 }), cacheScope: fc.constantFrom('a', 'b', null) }),
      { maxLength: 16 },
    );
    fc.assert(
      fc.property(prompts, fc.integer({ min: 1, max: 128 }), (all, room) => {
        const unread = all.map((prompt, sequence) => ({ ...prompt, sequence, arrival: sequence }));
        const shares = createPromptOrder().next(unread, room);
        expect(new Set(shares.map(({ sequence }) => sequence)).size).toBe(shares.length);
        for (const { sequence, tokens } of shares) {
          expect(tokens).toBeGreaterThanOrEqual(1);
          expect(tokens).toBeLessThanOrEqual(unread[sequence]?.rest as number);
        }
        const total = unread.reduce((sum, { rest }) => sum + rest, 0);
        expect(shares.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(Math.min(room, total));
      }),
    );
  });
});

type Arriving = { readonly length: number; readonly cacheScope: string };
type Reading = UnreadPrompt & { readonly length: number; readonly since: number; readonly limit: number };
type Read = {
  readonly length: number;
  readonly cacheScope: string | null;
  readonly steps: number;
  readonly limit: number;
};

/**
 * Reads prompts step by step in so many sequences; every sequence that is free gets the next arrival at once, as under
 * the heaviest load there can be. Gives the steps that each prompt took and those that it may have taken, had its scope
 * been alone.
 */
function readAll(
  arrivals: readonly Arriving[],
  slots: number,
  room: number,
  order: PromptOrder,
): readonly Read[] {
  const queue = [...arrivals];
  const done: Read[] = [];
  let reading: readonly Reading[] = [];
  let arrival = 0;
  const stepsFor = (rest: number): number => stepsPerRound * Math.ceil(rest / room);
  for (let step = 0; queue.length > 0 || reading.length > 0; step++) {
    for (let sequence = 0; sequence < slots && queue.length > 0; sequence++) {
      if (reading.some((prompt) => prompt.sequence === sequence)) continue;
      const { length, cacheScope } = queue.shift() as Arriving;
      const own = reading.filter((prompt) => prompt.cacheScope === cacheScope);
      const limit = own.reduce((sum, { rest }) => sum + stepsFor(rest), stepsFor(length) + stepsPerRound);
      reading = [
        ...reading,
        { sequence, cacheScope, rest: length, length, arrival: arrival++, since: step, limit },
      ];
    }
    const shares = new Map(order.next(reading, room).map(({ sequence, tokens }) => [sequence, tokens]));
    const after = reading.map((prompt) => ({
      ...prompt,
      rest: prompt.rest - (shares.get(prompt.sequence) ?? 0),
    }));
    for (const { rest, length, cacheScope, since, limit } of after)
      if (rest === 0) done.push({ length, cacheScope, steps: step + 1 - since, limit });
    reading = after.filter(({ rest }) => rest > 0);
  }
  return done;
}

const lengths = fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 4000 })), {
  minLength: 1,
  maxLength: 60,
});

test('every prompt of a scope is read within its bound, whatever arrives after it', () => {
  fc.assert(
    fc.property(
      lengths,
      fc.integer({ min: 1, max: 16 }),
      fc.integer({ min: 1, max: 128 }),
      (all, slots, room) => {
        const read = readAll(
          all.map((length) => ({ length, cacheScope: 'a' })),
          slots,
          room,
          createPromptOrder(),
        );
        expect(read).toHaveLength(all.length);
        for (const { steps, limit } of read) expect(steps).toBeLessThanOrEqual(limit);
      },
    ),
  );
});

test('a stream of short prompts without end keeps no long one waiting', () => {
  const shorts = Array.from({ length: 400 }, () => ({ length: 5, cacheScope: 'a' }));
  const all = [...shorts.slice(0, 15), { length: 4000, cacheScope: 'a' }, ...shorts];
  const [long] = readAll(all, 16, 64, createPromptOrder()).filter(({ length }) => length === 4000);
  expect(long?.steps).toBeLessThanOrEqual(stepsPerRound * (Math.ceil(4000 / 64) + 15));
});

test('of two scopes that both have prompts neither is given more than two rooms above the other', () => {
  const scopes = fc.array(fc.constantFrom('a', 'b'), { minLength: 14, maxLength: 14 });
  fc.assert(
    fc.property(scopes, fc.integer({ min: 8, max: 128 }), (kinds, room) => {
      const order = createPromptOrder();
      let prompts: readonly UnreadPrompt[] = ['a', 'b', ...kinds].map((cacheScope, sequence) => ({
        ...{ sequence, cacheScope, arrival: sequence },
        rest: 1 + ((sequence * 7919) % 3000),
      }));
      const given: Record<string, number> = { a: 0, b: 0 };
      const has = (scope: string): boolean => prompts.some(({ cacheScope }) => cacheScope === scope);
      while (has('a') && has('b')) {
        const shares = order.next(prompts, room);
        prompts = prompts.flatMap((prompt) => {
          const tokens = shares.find(({ sequence }) => sequence === prompt.sequence)?.tokens ?? 0;
          given[prompt.cacheScope as string]! += tokens;
          return prompt.rest === tokens ? [] : [{ ...prompt, rest: prompt.rest - tokens }];
        });
        if (has('a') && has('b')) expect(Math.abs(given.a! - given.b!)).toBeLessThanOrEqual(2 * room);
      }
    }),
  );
});

test('a scope that comes is read beside one that was read for long, and need not make up for it', () => {
  const order = createPromptOrder();
  const long = { sequence: 0, cacheScope: 'a', rest: 100_000, arrival: 0 };
  for (let step = 0; step < 50; step++) order.next([long], 64);
  const other = { sequence: 1, cacheScope: 'b', rest: 100_000, arrival: 1 };
  const firsts = Array.from({ length: 10 }, () => order.next([long, other], 64)[0]?.sequence);
  expect(firsts.filter((sequence) => sequence === 1)).toHaveLength(5);
});
