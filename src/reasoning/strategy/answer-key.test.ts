import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answerKey } from './answer-key.ts';

test('equal numbers have one key, however they are written', () => {
  const keys = ['It is 1316.', '1,316', '= 1316.00', '**1316**', '7 and then 01316'].map((answer) =>
    answerKey(answer, { type: 'number' }),
  );
  expect(keys).toEqual(Array(5).fill('1316'));
  expect(answerKey('−0.50', { type: 'number' })).toBe('-0.5');
  expect(answerKey('-0', { type: 'number' })).toBe('0');
  expect(answerKey('none', { type: 'number' })).toBe(null);
});

test('every number that is written has the key of its value', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.nat({ max: 99 }), (whole, cents) => {
      const text = `${whole}.${String(cents).padStart(2, '0')}`;
      const key = answerKey(`so ${text}`, { type: 'number' });
      expect(Number(key) === Number(text)).toBe(true);
      expect(answerKey(`so ${key}`, { type: 'number' })).toBe(key);
    }),
  );
});

test('the last box counts, with its braces', () => {
  const boxed = { type: 'boxed' } as const;
  expect(answerKey('\\boxed{1} no, \\boxed{\\frac{1}{2}}', boxed)).toBe('\\frac{1}{2}');
  expect(answerKey('\\boxed{1', boxed)).toBe(null);
  expect(answerKey('1', boxed)).toBe(null);
});

test('a value of JSON is found by its pointer, and its members have one order', () => {
  const pointer = (text: string) => ({ type: 'pointer', pointer: text }) as const;
  expect(answerKey('{"a/b":{"y":1,"x":[2]}}', pointer('/a~1b'))).toBe('{"x":[2],"y":1}');
  expect(answerKey('{"x":[2]}', pointer('/x/0'))).toBe('2');
  expect(answerKey('3', pointer(''))).toBe('3');
  for (const answer of ['no JSON', '{}', '{"x":[]}', '{"x":"\\ud800"}'])
    expect(answerKey(answer, pointer('/x/0'))).toBe(null);
  expect(answerKey('{}', pointer('/constructor'))).toBe(null);
  const deep = '['.repeat(50_000);
  expect(answerKey(deep + ']'.repeat(50_000), pointer(''))).toBe(null);
});

test('a text is compared without case and white space, and an empty one has no vote', () => {
  expect(answerKey(' 3 * 5\n+ 6 ', { type: 'text' })).toBe('3*5+6');
  expect(answerKey('Paris', { type: 'text' })).toBe(answerKey('PARIS ', { type: 'text' }));
  expect(answerKey(' \n', { type: 'text' })).toBe(null);
});
