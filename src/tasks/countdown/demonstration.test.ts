import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../base/index.ts';
import { evaluateExpression } from '../expression.ts';
import type { DemonstrationStyle } from '../task.ts';
import { countdown } from './countdown.ts';
import { demonstrate } from './demonstration.ts';
import { guessesAt, reachableValues } from './guesses.ts';
import { readGuesses } from './read-guesses.ts';

const impatient: DemonstrationStyle = {
  order: 'in-turn',
  givesUp: 0.35,
  maxGuesses: 8,
  patient: 0,
  patientGuesses: 1000,
};
const patient: DemonstrationStyle = { ...impatient, patient: 1 };

const number = fc.integer({ min: 1, max: 12 });
const problem = fc
  .array(number, { minLength: 3, maxLength: 4 })
  .chain((numbers) => fc.integer({ min: 1, max: 99 }).map((target) => ({ numbers, target })));
const styled = fc.record({
  order: fc.constantFrom('in-turn' as const, 'drawn' as const),
  givesUp: fc.double({ min: 0, max: 1, noNaN: true }),
  maxGuesses: fc.integer({ min: 1, max: 20 }),
  patient: fc.constantFrom(0, 0.5, 1),
  patientGuesses: fc.integer({ min: 1, max: 40 }),
  close: fc.constantFrom(0, 1),
  linesAhead: fc.nat({ max: 10 }),
});

/** Every value that an expression over these numbers can have, negative ones included, by trees of operations. */
function everyValue(numbers: readonly number[]): ReadonlySet<number> {
  if (numbers.length === 1) return new Set(numbers);
  const values = new Set<number>();
  for (let mask = 1; mask < 2 ** numbers.length - 1; mask++) {
    const left = numbers.filter((_, index) => mask & (1 << index));
    const right = numbers.filter((_, index) => !(mask & (1 << index)));
    for (const one of everyValue(left)) {
      for (const other of everyValue(right))
        for (const value of [one + other, one - other, one * other]) values.add(value);
    }
  }
  return values;
}

describe('guesses', () => {
  test('reach what trees of all operations reach, for three and four numbers', () => {
    fc.assert(
      fc.property(problem, ({ numbers }) => {
        const every = everyValue(numbers);
        const targets = Array.from({ length: 99 }, (_, index) => index + 1);
        const reachable = targets.filter((target) => every.has(target));
        const ours = reachableValues(numbers);
        const guessed = new Set(guessesAt(numbers).map(({ value }) => value));
        expect(targets.filter((target) => ours.has(target))).toEqual(reachable);
        expect(targets.filter((target) => guessed.has(target))).toEqual(reachable);
      }),
      { numRuns: 60 },
    );
  });

  test('have expressions that use every number once and are worth what they say', () => {
    fc.assert(
      fc.property(problem, ({ numbers }) => {
        for (const { expression, value } of guessesAt(numbers)) {
          const evaluation = evaluateExpression(expression);
          expect(evaluation).toMatchObject({ readable: true, value });
          if (evaluation.readable) expect(evaluation.numbers.toSorted()).toEqual(numbers.toSorted());
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('a demonstration', () => {
  test('shows guesses that begin alike on one line, in turn', () => {
    const { trace, answer } = demonstrate({ numbers: [8, 2, 5], target: 98 }, 'en', seededRandom(3), patient);
    expect(trace.split('\n')).toHaveLength(9);
    expect(trace.split('\n')).toContain('8*2=16 16+5=21 no 16-5=11 no 16*5=80 no');
    expect(answer).toBe('no');
    const german = demonstrate({ numbers: [8, 2, 5], target: 15 }, 'de', seededRandom(3), patient);
    expect(german.trace).toMatch(/ ja$/);
    expect(countdown.verify({ numbers: [8, 2, 5], target: 15 }, german.answer).correct).toBe(true);
  });

  test('has only true lines, says yes at the hit and nowhere else, and never repeats a guess', () => {
    fc.assert(
      fc.property(problem, styled, fc.nat(), (asked, style, seed) => {
        const { trace, answer } = demonstrate(asked, 'en', seededRandom(seed), style);
        const facts = readGuesses(asked, trace);
        expect(facts).toMatchObject({ wrong: 0, repeated: 0 });
        const isHit = trace.endsWith('yes');
        expect(facts.misses).toBe(facts.guesses - (isHit ? 1 : 0));
        expect(answer === 'no').toBe(!isHit);
        if (isHit) expect(countdown.verify(asked, answer).correct).toBe(true);
        expect(facts.guesses).toBeLessThanOrEqual(Math.max(style.maxGuesses, style.patientGuesses));
      }),
      { numRuns: 300 },
    );
  });

  test('of somebody patient is right about every problem of three numbers', () => {
    fc.assert(
      fc.property(
        fc.tuple(number, number, number),
        fc.integer({ min: 1, max: 99 }),
        fc.nat(),
        (numbers, target, seed) => {
          const { answer } = demonstrate({ numbers, target }, 'en', seededRandom(seed), patient);
          expect(countdown.verify({ numbers, target }, answer).correct).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('is another one at every draw, and gives up after a miss as often as its style says', () => {
    const asked = { numbers: [9, 7, 4], target: 99 };
    const style = { ...impatient, maxGuesses: 1000 };
    const drawn = Array.from({ length: 3000 }, (_, draw) =>
      demonstrate(asked, 'en', seededRandom(1, draw), style),
    );
    expect(new Set(drawn.map(({ trace }) => trace)).size).toBeGreaterThan(50);
    const read = drawn.map(({ trace }) => readGuesses(asked, trace));
    const misses = read.reduce((sum, facts) => sum + facts.misses, 0);
    const gaveUp = read.filter(({ endsInMiss }) => endsInMiss).length;
    expect(Math.abs(gaveUp / misses - 0.35)).toBeLessThan(0.03);
  });

  test.each([0, 1, undefined])(
    'that begins at most %s lines ahead of a solution reaches it by then',
    (linesAhead) => {
      const style = { ...patient, close: 1, linesAhead };
      const lines = Array.from({ length: 200 }, (_, draw) => {
        const { trace } = demonstrate(countdown.generate(4, draw), 'en', seededRandom(2, draw), style);
        expect(trace).toMatch(/ yes$/);
        return trace.split('\n').length;
      });
      expect(Math.max(...lines)).toBe(1 + (linesAhead ?? 2));
    },
  );
});

describe('reading a trace', () => {
  const asked = { numbers: [8, 2, 5], target: 21 };
  test.each([
    ['8*2=16 16+5=21 yes', { guesses: 1, wrong: 0, misses: 0, endsInMiss: false }],
    ['8*2=16 16+5=21 no', { guesses: 1, wrong: 1, misses: 1, endsInMiss: true }],
    ['8*2=17 17+5=22 no', { guesses: 1, wrong: 1, misses: 1 }],
    ['8*2=16 16-5=11 yes', { guesses: 1, wrong: 1, misses: 0 }],
    ['8*3=24 24-5=19 no', { guesses: 1, wrong: 1 }],
    ['8*2=16 16-5=11 no 16*5=80 no', { guesses: 2, wrong: 0, repeated: 0, misses: 2, endsInMiss: true }],
    ['8*2=16 16-5=11 no\n8*2=16 16-5=11 no', { guesses: 2, wrong: 0, repeated: 1 }],
    ['2*8=16 5+16=21 yes', { guesses: 1, wrong: 0 }],
    ['2-8=6 6+5=11 no', { guesses: 1, wrong: 1 }],
    ['8*2=16 16-5=11', { guesses: 1, wrong: 1 }],
    ['', { guesses: 0, endsInMiss: false }],
    ['no no no', { guesses: 3, wrong: 3 }],
  ])('%j', (trace, facts) => {
    expect(readGuesses(asked, trace)).toMatchObject(facts);
  });

  test('takes any text in bounded time', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('8', '*', '=', ' ', '\n', 'no', 'yes', 'x') }),
        (text) => {
          const { guesses, wrong, misses } = readGuesses(asked, text);
          expect(wrong).toBeLessThanOrEqual(guesses);
          expect(misses).toBeLessThanOrEqual(guesses);
        },
      ),
    );
    expect(readGuesses(asked, '8*2=16 16-5=11 no '.repeat(100_000)).guesses).toBeLessThan(2000);
  });
});

describe('problems that cannot be solved', () => {
  const difficulty = { ...countdown.defaultDifficulty, unsolvable: 50 };

  test.each([3, 4])('come as often as asked for, and exhaustive search agrees (%i numbers)', (numbers) => {
    const drawn = Array.from({ length: 400 }, (_, index) =>
      countdown.generate(6, index, { difficulty: { ...difficulty, numbers, lowest: 1, highest: 6 } }),
    );
    const without = drawn.filter((one) => !everyValue(one.numbers).has(one.target));
    expect(drawn.every(({ numbers: some }) => some.length === numbers)).toBe(true);
    expect(drawn.filter((one) => !countdown.isSolvable?.(one))).toEqual(without);
    expect(Math.abs(without.length / drawn.length - 0.5)).toBeLessThan(0.1);
  });

  test.each(['no', 'nein', 'It cannot be made.', 'Das geht nicht.'])(
    '%j is right there and nowhere else',
    (answer) => {
      expect(countdown.verify({ numbers: [2, 2, 2], target: 99 }, answer).correct).toBe(true);
      expect(countdown.verify({ numbers: [3, 5, 6], target: 21 }, answer)).toMatchObject({
        correct: false,
        reason: expect.stringContaining('gave up'),
      });
    },
  );

  test('the reference answer of every problem with three numbers is right', () => {
    for (let index = 0; index < 150; index++) {
      const one = countdown.generate(8, index, { difficulty });
      expect(countdown.verify(one, countdown.answer(one, 'en')).correct).toBe(true);
    }
  });
});
