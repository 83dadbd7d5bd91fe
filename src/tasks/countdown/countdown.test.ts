import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitOf } from '../split.ts';
import { type CountdownProblem, countdown } from './countdown.ts';
import { search } from './search.ts';

const { answer, canonical, prompt, solution, trace, verify } = countdown;
const example: CountdownProblem = { numbers: [3, 5, 6], target: 21 };

describe('countdown', () => {
  test('puts a problem into the words of the documentation', () => {
    expect(prompt(example, 'en')).toBe('Use 3, 5 and 6 once each with + - * to make 21.');
    expect(prompt(example, 'de')).toBe('Bilde aus 3, 5 und 6 (jede genau einmal, nur + - *) die Zahl 21.');
  });

  test('thinks in one line per number set aside and stops at the first hit', () => {
    expect(trace(example, 'en')).toBe(
      [
        '3: 18+ 24- 7* | 5+6=11 no 6-5=1 no 5*6=30 no',
        '5: 16+ 26- | 3+6=9 no 6-3=3 no 3*6=18 no',
        '6: 15+ 27- | 3+5=8 no 5-3=2 no 3*5=15 yes 15+6=21',
      ].join('\n'),
    );
    expect(answer(example, 'en')).toBe('3*5+6 = 21');
    expect(trace({ numbers: [9, 4, 2], target: 3 }, 'de')).toBe('9: -6 12- | 4+2=6 ja 9-6=3');
    expect(answer({ numbers: [9, 4, 2], target: 3 }, 'de')).toBe('9-(4+2) = 3');
  });

  test('shows a solution without the search that found it', () => {
    expect(solution?.(example, 'en')).toBe('3*5=15 15+6=21');
    expect(solution?.({ numbers: [9, 4, 2], target: 3 }, 'de')).toBe('4+2=6 9-6=3');
  });

  test('every need of a line makes the target together with the number set aside', () => {
    for (const { numbers, target } of problems(500)) {
      for (const { leftOver, needs } of search(numbers as [number, number, number], target)) {
        for (const { join, value } of needs) {
          const made = {
            '+': value + leftOver,
            '-': value - leftOver,
            '*': value * leftOver,
            from: leftOver - value,
          };
          expect(made[join]).toBe(target);
        }
      }
    }
  });

  test('the search finds a solution exactly when trying every expression does', () => {
    const number = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(fc.tuple(number, number, number), fc.integer({ min: 1, max: 99 }), (numbers, target) => {
        expect(search(numbers, target).at(-1)?.hit !== null).toBe(reachable(numbers).has(target));
      }),
      { numRuns: 3000 },
    );
  });

  test('answers carry no bracket that could be left out', () => {
    // With a 1 among the numbers a bracket can be needless by chance: (4-3)*1 = 4-3*1.
    const difficulty = { ...countdown.defaultDifficulty, lowest: 2 };
    for (let index = 0; index < 500; index++) {
      const problem = countdown.generate(3, index, { difficulty });
      const [expression = '', stated] = answer(problem, 'en').split(' = ');
      if (!expression.includes('(')) continue;
      const bare = `${expression.replaceAll(/[()]/g, '')} = ${stated}`;
      expect(verify(problem, bare).correct).toBe(false);
    }
  });

  test.each([
    ['(3+5)*6 = 48', /makes 48, wanted 21/],
    ['3*5 = 15', /uses 3, 5, given 3, 5, 6/],
    ['3*5+6+0', /uses 0, 3, 5, 6/],
    ['3*5+3+3', /uses 3, 3, 3, 5/],
    ['3*(6+1)', /uses 1, 3, 6/],
    ['21', /uses 21/],
    ['3*5+6 = 22', /states 22/],
    ['3**5+6', /expected a number/],
    ['(3*5//1)+6', /bracket is not closed/],
    ['٣*5+6', /expected a number/],
    ['The answer is 3*5+6', /expected a number/],
    ['('.repeat(1_000_000), /longer than/],
  ])('refuses %.30s', (text, reason) => {
    expect(verify(example, text)).toMatchObject({ correct: false, reason: expect.stringMatching(reason) });
  });

  test('accepts another right answer than its own', () => {
    for (const right of ['6+3*5', '6+5*3=21', '( 5*3 )+6']) expect(verify(example, right).correct).toBe(true);
  });

  test('a damaged answer is accepted exactly when an independent evaluator accepts it', () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.nat(10_000), damage(), (index, edits) => {
        const problem = countdown.generate(5, index);
        const damaged = edits.reduce((text, edit) => edit(text), answer(problem, 'en'));
        const { correct } = verify(problem, damaged);
        if (correct) accepted++;
        expect(correct).toBe(oracleAccepts(problem, damaged));
      }),
      { numRuns: 5000, seed: 1 },
    );
    expect(accepted).toBeGreaterThan(50);
  });

  test('siblings share their canonical text and thus their side of the split', () => {
    expect(canonical({ numbers: [6, 3, 5], target: 21 })).toBe(canonical(example));
    expect(canonical({ numbers: [3, 5, 6], target: 22 })).not.toBe(canonical(example));
  });

  test('holds out more than 400 distinct problems at the default difficulty, about one in eight', () => {
    const problems = everyProblem().map(canonical);
    const heldOut = problems.filter((text) => splitOf(text) === 'held-out');
    expect(heldOut.length).toBeGreaterThan(400);
    expect(Math.abs(heldOut.length / problems.length - 1 / 8)).toBeLessThan(0.02);
  });

  test.each([
    { lowest: 0, highest: 12, targetHighest: 99 },
    { lowest: 1, highest: 26, targetHighest: 99 },
    { lowest: 1, highest: 12, targetHighest: 100 },
    { lowest: 1.5, highest: 12, targetHighest: 99 },
    { lowest: 9, highest: 3, targetHighest: 99 },
    { numbers: 5 },
    { unsolvable: 101 },
    { unsolvable: -1 },
  ])('refuses the difficulty %j', (members) => {
    const difficulty = { ...countdown.defaultDifficulty, ...members };
    expect(() => countdown.generate(1, 0, { difficulty })).toThrow(
      expect.objectContaining({ code: 'TGL_DIFFICULTY_INVALID' }),
    );
  });

  test('a difficulty that leaves nothing on one side is an error, not an endless loop', () => {
    const difficulty = { ...countdown.defaultDifficulty, lowest: 1, highest: 1, targetHighest: 1 };
    const sides = (['train', 'held-out'] as const).map((split) => {
      try {
        return canonical(countdown.generate(1, 0, { split, difficulty }));
      } catch (error) {
        return (error as { code?: string }).code;
      }
    });
    expect(sides.sort()).toEqual(['TGL_DIFFICULTY_INVALID', 'countdown 1 1 1 = 1']);
  });
});

function problems(count: number): readonly CountdownProblem[] {
  return Array.from({ length: count }, (_, index) => countdown.generate(3, index));
}

/** Every solvable problem of the default difficulty, numbers in ascending order. */
function everyProblem(): readonly CountdownProblem[] {
  const found: CountdownProblem[] = [];
  for (let a = 1; a <= 12; a++) {
    for (let b = a; b <= 12; b++) {
      for (let c = b; c <= 12; c++) {
        for (let target = 1; target <= 99; target++) {
          if (search([a, b, c], target).at(-1)?.hit) found.push({ numbers: [a, b, c], target });
        }
      }
    }
  }
  return found;
}

/** Every value that three numbers can make, by joining any two until one is left. */
function reachable(numbers: readonly number[]): ReadonlySet<number> {
  if (numbers.length === 1) return new Set(numbers);
  const values = new Set<number>();
  for (const [i, left] of numbers.entries()) {
    for (const [j, right] of numbers.entries()) {
      if (i === j) continue;
      const rest = numbers.filter((_, position) => position !== i && position !== j);
      for (const value of [left + right, left - right, left * right]) {
        for (const made of reachable([...rest, value])) values.add(made);
      }
    }
  }
  return values;
}

/** One to three edits: a character deleted, put in, replaced, or two neighbours exchanged. */
function damage(): fc.Arbitrary<readonly ((text: string) => string)[]> {
  const character = fc.constantFrom(...'0123456789+-*()= /');
  const edit = fc
    .tuple(fc.nat(30), fc.constantFrom('delete', 'insert', 'replace', 'exchange'), character)
    .map(([place, kind, put]) => (text: string): string => {
      const at = place % Math.max(1, text.length);
      if (kind === 'insert') return text.slice(0, at) + put + text.slice(at);
      if (kind === 'delete') return text.slice(0, at) + text.slice(at + 1);
      if (kind === 'replace') return text.slice(0, at) + put + text.slice(at + 1);
      return (
        text.slice(0, at) +
        text
          .slice(at, at + 2)
          .split('')
          .reverse()
          .join('') +
        text.slice(at + 2)
      );
    });
  return fc.array(edit, { minLength: 1, maxLength: 3 });
}

/** A second opinion: a regular expression for the form, then Dijkstra's shunting yard for the value. */
function oracleAccepts({ numbers, target }: CountdownProblem, text: string): boolean {
  const [expression = '', stated, ...more] = text.split('=');
  if (more.length > 0 || (stated !== undefined && stated.trim() !== String(target))) return false;
  if (!/^[0-9+\-*() ]+$/.test(expression) || /\d +\d/.test(expression)) return false;
  const tokens = expression.match(/\d+|\S/g) ?? [];
  const used = tokens.filter((token) => /^\d/.test(token));
  if (used.some((token) => token !== String(Number(token)))) return false;
  const isSame =
    used
      .map(Number)
      .sort((a, b) => a - b)
      .join() === [...numbers].sort((a, b) => a - b).join();
  return isSame && shuntingYard(tokens) === target;
}

function shuntingYard(tokens: readonly string[]): number | null {
  const precedence: Readonly<Record<string, number>> = { '+': 1, '-': 1, '*': 2 };
  const values: number[] = [];
  const operators: string[] = [];
  const apply = (): void => {
    const operator = operators.pop();
    const [right, left] = [values.pop() ?? Number.NaN, values.pop() ?? Number.NaN];
    values.push(operator === '+' ? left + right : operator === '-' ? left - right : left * right);
  };
  let expectsOperand = true;
  for (const token of tokens) {
    const isOperand = /^\d/.test(token);
    if (expectsOperand !== (isOperand || token === '(')) return null;
    if (isOperand) {
      values.push(Number(token));
      expectsOperand = false;
    } else if (token === '(') {
      operators.push(token);
    } else if (token === ')') {
      while (operators.length > 0 && operators.at(-1) !== '(') apply();
      if (operators.pop() !== '(') return null;
    } else {
      while ((precedence[operators.at(-1) ?? ''] ?? 0) >= (precedence[token] as number)) apply();
      operators.push(token);
      expectsOperand = true;
    }
  }
  if (expectsOperand || operators.includes('(')) return null;
  while (operators.length > 0) apply();
  return values.length === 1 ? (values[0] as number) : null;
}
