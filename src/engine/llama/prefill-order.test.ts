import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextPrefill, stepsPerRound, type UnreadPrompt } from './prefill-order.ts';

const promptsOf = (...rests: readonly number[]): readonly UnreadPrompt[] =>
  rests.map((rest, sequence) => ({ sequence, rest, arrival: sequence }));

describe('a step', () => {
  test('takes the shortest rest first, with as many of its tokens as there is room for', () => {
    expect(nextPrefill(promptsOf(4000, 30, 90), 64, 0)).toEqual({ sequences: [1, 2], tokens: 30 });
    expect(nextPrefill(promptsOf(4000, 80, 90), 64, 0)).toEqual({ sequences: [1], tokens: 64 });
  });

  test('takes short prompts together', () => {
    expect(nextPrefill(promptsOf(10, 10, 11, 12), 64, 0)).toEqual({ sequences: [0, 1, 2, 3], tokens: 10 });
  });

  test('is the oldest one’s, every fourth time', () => {
    const prompts = promptsOf(4000, 30);
    const firsts = [0, 1, 2, 3, 4, 5, 6, 7].map((step) => nextPrefill(prompts, 30, step).sequences[0]);
    expect(firsts).toEqual([1, 1, 1, 0, 1, 1, 1, 0]);
  });

  test('takes no sequence that is not there', () => {
    const apart = [
      { sequence: 1, rest: 8, arrival: 0 },
      { sequence: 3, rest: 8, arrival: 1 },
    ];
    expect(nextPrefill(apart, 64, 0)).toEqual({ sequences: [1], tokens: 8 });
  });

  test('always is a run of neighbours that have as many tokens, within the room', () => {
    const prompts = fc
      .uniqueArray(fc.nat(15), { minLength: 1, maxLength: 16 })
      .chain((sequences) =>
        fc.tuple(
          fc.constant([...sequences].sort((a, b) => a - b)),
          fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 16, maxLength: 16 }),
          fc.shuffledSubarray([...Array(16).keys()], { minLength: 16 }),
        ),
      )
      .map(([sequences, rests, arrivals]) =>
        sequences.map((sequence, index) => ({
          sequence,
          rest: rests[index] as number,
          arrival: arrivals[index] as number,
        })),
      );
    fc.assert(
      fc.property(prompts, fc.integer({ min: 1, max: 128 }), fc.nat(7), (all, room, step) => {
        const { sequences, tokens } = nextPrefill(all, room, step);
        const run = Array.from(sequences, (_, index) => (sequences[0] as number) + index);
        expect(sequences).toEqual(run);
        expect(tokens).toBeGreaterThanOrEqual(1);
        expect(sequences.length * tokens).toBeLessThanOrEqual(room);
        for (const sequence of sequences)
          expect(all.find((prompt) => prompt.sequence === sequence)?.rest).toBeGreaterThanOrEqual(tokens);
      }),
    );
  });
});

type Reading = UnreadPrompt & { readonly length: number; readonly since: number; readonly limit: number };

/**
 * Reads prompts step by step in so many sequences; every sequence that is free gets the next arrival at once, as under
 * the heaviest load there can be. Gives the steps that each prompt took and those that it may have taken.
 */
function readAll(
  lengths: readonly number[],
  slots: number,
  room: number,
): readonly { readonly length: number; readonly steps: number; readonly limit: number }[] {
  const queue = [...lengths];
  const done: { length: number; steps: number; limit: number }[] = [];
  let reading: readonly Reading[] = [];
  let arrival = 0;
  const stepsFor = (rest: number): number => stepsPerRound * Math.ceil(rest / room);
  for (let step = 0; queue.length > 0 || reading.length > 0; step++) {
    for (let sequence = 0; sequence < slots && queue.length > 0; sequence++) {
      if (reading.some((prompt) => prompt.sequence === sequence)) continue;
      const length = queue.shift() as number;
      const limit = reading.reduce((sum, { rest }) => sum + stepsFor(rest), stepsFor(length));
      reading = [...reading, { sequence, rest: length, length, arrival: arrival++, since: step, limit }];
    }
    const { sequences, tokens } = nextPrefill(reading, room, step);
    const after = reading.map((prompt) =>
      sequences.includes(prompt.sequence) ? { ...prompt, rest: prompt.rest - tokens } : prompt,
    );
    for (const { rest, length, since, limit } of after)
      if (rest === 0) done.push({ length, steps: step + 1 - since, limit });
    reading = after.filter(({ rest }) => rest > 0);
  }
  return done;
}

const lengths = fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 4000 })), {
  minLength: 1,
  maxLength: 60,
});

test('every prompt is read within its bound, whatever arrives after it', () => {
  fc.assert(
    fc.property(
      lengths,
      fc.integer({ min: 1, max: 16 }),
      fc.integer({ min: 1, max: 128 }),
      (all, slots, room) => {
        const read = readAll(all, slots, room);
        expect(read).toHaveLength(all.length);
        for (const { steps, limit } of read) expect(steps).toBeLessThanOrEqual(limit);
      },
    ),
  );
});

test('a stream of short prompts without end keeps no long one waiting', () => {
  const shorts = Array.from({ length: 400 }, () => 5);
  const [long] = readAll([...shorts.slice(0, 15), 4000, ...shorts], 16, 64).filter(
    ({ length }) => length === 4000,
  );
  expect(long?.steps).toBeLessThanOrEqual(stepsPerRound * (Math.ceil(4000 / 64) + 15));
});

test('a short prompt beside longer ones is read after two steps', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 65, max: 4000 }), { maxLength: 15 }),
      fc.nat(3),
      (longer, step) => {
        const prompts = promptsOf(...longer, 64);
        const steps = [step, step + 1].map((number) => nextPrefill(prompts, 64, number));
        expect(
          steps.some(({ sequences, tokens }) => sequences.includes(longer.length) && tokens === 64),
        ).toBe(true);
      },
    ),
  );
});
