import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../base/index.ts';
import { evaluateExpression, readWholeNumber } from './expression.ts';

describe('evaluateExpression', () => {
  test.each([
    ['3*5+6 = 21', 21, [3, 5, 6], 21],
    ['3+5*6', 33, [3, 5, 6], null],
    ['(3+5)*6', 48, [3, 5, 6], null],
    ['12-(7-5)', 10, [12, 7, 5], null],
    ['12-7-5', 0, [12, 7, 5], null],
    ['2-9', -7, [2, 9], null],
    [' ( ( 4 ) ) \n', 4, [4], null],
    ['0', 0, [0], null],
    ['3=4', 3, [3], 4],
  ])('reads %j', (text, value, numbers, stated) => {
    expect(evaluateExpression(text)).toEqual({ readable: true, value, numbers, stated });
  });

  test.each([
    ['', /the end of the answer/],
    ['   ', /the end of the answer/],
    ['3+', /the end of the answer/],
    ['(3', /bracket is not closed/],
    ['3)', /unexpected "\)"/],
    ['()', /expected a number, got "\)"/],
    ['3 5', /unexpected "5"/],
    ['2**9', /expected a number, got "\*"/],
    ['9//2', /unexpected "\/"/],
    ['9/3', /unexpected "\/"/],
    ['2^3', /unexpected "\^"/],
    ['-3', /expected a number, got "-"/],
    ['3*-5', /expected a number, got "-"/],
    ['3(5)', /unexpected "\("/],
    ['1.5', /unexpected "\."/],
    ['1e3', /unexpected "e"/],
    ['0x10', /unexpected "x"|leading zero/],
    ['1_000', /unexpected "_"/],
    ['007', /leading zero/],
    ['٣+٥', /expected a number/],
    ['３+５', /expected a number/],
    ['3²', /unexpected/],
    ['3×5', /unexpected/],
    ['3\u00a0+5', /unexpected/],
    ['3+5=8=8', /unexpected "="/],
    ['3+5=', /the end of the answer/],
    ['3=(3)', /expected a number/],
    ['1234567890', /more than 9 digits/],
    ['999999999*9', /a value beyond/],
    ['process.exit()', /expected a number/],
  ])('refuses %j with the reason', (text, reason) => {
    const evaluation = evaluateExpression(text);
    expect(evaluation).toMatchObject({ readable: false, reason: expect.stringMatching(reason) });
  });

  test('bounds length, depth and operations where the text would otherwise be read', () => {
    const nested = (depth: number): string => `${'('.repeat(depth)}1${')'.repeat(depth)}`;
    expect(evaluateExpression(nested(8)).readable).toBe(true);
    expect(evaluateExpression(nested(9))).toMatchObject({
      readable: false,
      reason: expect.stringMatching(/deeper/),
    });
    expect(evaluateExpression(Array(17).fill(1).join('+')).readable).toBe(true);
    expect(evaluateExpression(Array(18).fill(1).join('+'))).toMatchObject({
      reason: 'more than 16 operations',
    });
    expect(evaluateExpression(`1${' '.repeat(199)}`).readable).toBe(true);
    expect(evaluateExpression(`1${' '.repeat(200)}`)).toMatchObject({ reason: 'longer than 200 characters' });
  });

  test('refuses attacks at once', () => {
    const million = 1_000_000;
    const attacks = [
      '9**9**9**9',
      '87**65**43',
      '9'.repeat(million),
      '('.repeat(million),
      `${'('.repeat(million)}1${')'.repeat(million)}`,
      '1+'.repeat(million),
      '999999999*999999999*999999999',
      '9'.repeat(200),
      '('.repeat(200),
      '٩'.repeat(million),
      ' '.repeat(million),
      '\u0000'.repeat(million),
      '1='.repeat(100),
    ];
    const start = systemClock.monotonic();
    for (const attack of attacks) expect(evaluateExpression(attack).readable).toBe(false);
    expect(systemClock.monotonic() - start).toBeLessThan(100);
  });

  test('never throws and never reads a character outside the grammar', () => {
    const soup = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 220 }),
      fc.string({ unit: fc.constantFrom(...'0123456789+-*()= /.^x²٣'), maxLength: 40 }),
    );
    fc.assert(
      fc.property(soup, (text) => {
        const evaluation = evaluateExpression(text);
        if (!evaluation.readable) {
          expect(evaluation.reason).not.toBe('');
          return;
        }
        expect(text).toMatch(/^[0-9+\-*()= \n]+$/);
        expect(text).not.toMatch(/\*\s*\*/);
        expect(Number.isSafeInteger(evaluation.value)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  test('agrees with the tree that an expression was printed from', () => {
    fc.assert(
      fc.property(tree(3), (node) => {
        expect(evaluateExpression(node.text)).toEqual({
          readable: true,
          value: node.value,
          numbers: node.numbers,
          stated: null,
        });
      }),
      { numRuns: 1000 },
    );
  });
});

describe('readWholeNumber', () => {
  test.each([
    ['1692', 1692],
    [' 0\n', 0],
    ['999999999', 999_999_999],
  ])('reads %j', (text, number) => {
    expect(readWholeNumber(text)).toBe(number);
  });

  test.each(['', '-5', '1 692', '1,692', '01', '47*36', '1692.', '١٢', '1'.repeat(10), '1'.repeat(1e6)])(
    'refuses %s',
    (text) => {
      expect(typeof readWholeNumber(text)).toBe('string');
    },
  );
});

type Node = { readonly text: string; readonly value: number; readonly numbers: readonly number[] };

/** Fully bracketed expressions with their values, made without the parser. */
function tree(depth: number): fc.Arbitrary<Node> {
  const leaf = fc.nat(12).map((value) => ({ text: `${value}`, value, numbers: [value] }));
  if (depth === 0) return leaf;
  const branch = fc
    .tuple(tree(depth - 1), fc.constantFrom('+', '-', '*'), tree(depth - 1))
    .map(([left, operator, right]) => ({
      text: `(${left.text} ${operator}${right.text})`,
      value:
        operator === '+'
          ? left.value + right.value
          : operator === '-'
            ? left.value - right.value
            : left.value * right.value,
      numbers: [...left.numbers, ...right.numbers],
    }));
  return fc.oneof({ weight: 1, arbitrary: leaf }, { weight: 3, arbitrary: branch });
}
