import { describe, expect, test } from 'vitest';
import { chainArithmetic } from './chain-arithmetic.ts';
import { type ChainProblem, type ChainStep, chainValues } from './problem.ts';
import { chainWords } from './words.ts';

const { answer, canonical, prompt, trace, verify } = chainArithmetic;

const example: ChainProblem = {
  start: 14,
  steps: [
    { kind: 'gain', groups: 3, size: 6, verb: 0 },
    { kind: 'lose', groups: 1, size: 5, verb: 0 },
    { kind: 'times', groups: 1, size: 2, verb: 0 },
  ],
  name: 0,
  thing: 0,
  container: 0,
};

describe('chain arithmetic', () => {
  test('puts a problem into words of both languages', () => {
    expect(prompt(example, 'en')).toBe(
      'Anna has 14 apples, buys 3 bags of 6, gives away 5 and doubles the number. How many apples does Anna have now?',
    );
    expect(prompt(example, 'de')).toBe(
      'Anna hat 14 Äpfel, kauft 3 Beutel zu je 6, gibt 5 ab und verdoppelt die Anzahl. Wie viele Äpfel hat Anna jetzt?',
    );
  });

  test('thinks in one line per step, in the language of the prompt, products first', () => {
    expect(trace(example, 'en')).toBe('14\nbuys 3*6=18 14+18=32\ngives 32-5=27\ndoubles 27*2=54');
    expect(trace(example, 'de')).toBe('14\nkauft 3*6=18 14+18=32\ngibt 32-5=27\nverdoppelt 27*2=54');
    expect(answer(example, 'en')).toBe('54');
  });

  test('each line goes on where the line before ended, and the last one ends with the answer', () => {
    for (const problem of problems(500)) {
      const [start, ...lines] = trace(problem, 'en').split('\n');
      let value = start as string;
      for (const line of lines) {
        const [, from, to] = line.match(/ (\d+)[-+*]\d+=(\d+)$/) as RegExpMatchArray;
        expect(from).toBe(value);
        value = to as string;
      }
      expect(value).toBe(answer(problem, 'en'));
    }
  });

  test('three to six steps with values from 0 to 199, and every length occurs', () => {
    const lengths = new Set<number>();
    for (const problem of problems(1000)) {
      lengths.add(problem.steps.length);
      for (const value of chainValues(problem)) {
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(199);
      }
    }
    expect([...lengths].sort()).toEqual([3, 4, 5, 6]);
  });

  test('the word that opens a line of thought names one step of the prompt only', () => {
    for (const language of ['en', 'de'] as const) {
      for (const problem of problems(500)) {
        const openings = trace(problem, language)
          .split('\n')
          .slice(1)
          .map((line) => line.split(' ')[0] as string);
        expect(new Set(openings).size).toBe(openings.length);
        const words = prompt(problem, language).match(/\p{L}+/gu) ?? [];
        for (const opening of openings) expect(words.filter((word) => word === opening)).toHaveLength(1);
      }
    }
  });

  test('a problem that fits a difficulty of one short step has one short step', () => {
    const difficulty = { fewestSteps: 1, mostSteps: 1, amountHighest: 9, groupsHighest: 2 };
    for (let index = 0; index < 100; index++) {
      expect(chainArithmetic.generate(1, index, { difficulty }).steps).toHaveLength(1);
    }
    expect(() => chainArithmetic.generate(1, 0, { difficulty: { ...difficulty, mostSteps: 7 } })).toThrow(
      expect.objectContaining({ code: 'TGL_DIFFICULTY_INVALID' }),
    );
  });

  test('siblings share their canonical text: exchanged steps, exchanged factors, other words', () => {
    const [gain, lose, times] = example.steps as [ChainStep, ChainStep, ChainStep];
    const siblings: readonly ChainProblem[] = [
      { ...example, steps: [lose, gain, times] },
      { ...example, steps: [{ ...gain, groups: 6, size: 3, verb: 2 }, lose, times] },
      { ...example, name: 3, thing: 4, container: 1 },
    ];
    for (const sibling of siblings) expect(canonical(sibling)).toBe(canonical(example));
    expect(canonical({ ...example, steps: [gain, times, lose] })).not.toBe(canonical(example));
    expect(canonical({ ...example, start: 15 })).not.toBe(canonical(example));
  });

  test('holds out more than 400 distinct problems', () => {
    const heldOut = problems(1000, 'held-out').map(canonical);
    expect(new Set(heldOut).size).toBeGreaterThan(400);
  });

  test.each(['55', '54 apples', '27*2', '054', '٥٤', '', '-54', '54 = 54'])('refuses %j for 54', (text) => {
    expect(verify(example, text).correct).toBe(false);
  });

  test('both languages have the same number of words of each kind', () => {
    const sizes = ({ things, containers, gain, lose, times }: (typeof chainWords)['en']): readonly number[] =>
      [things, containers, gain, lose, times].map(({ length }) => length);
    expect(sizes(chainWords.de)).toEqual(sizes(chainWords.en));
  });
});

function problems(count: number, split: 'train' | 'held-out' = 'train'): readonly ChainProblem[] {
  return Array.from({ length: count }, (_, index) => chainArithmetic.generate(3, index, { split }));
}
