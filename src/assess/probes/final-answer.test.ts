import fc from 'fast-check';
import { expect, test } from 'vitest';
import { finalAnswer } from './final-answer.ts';

test.each([
  ['1692', '1692'],
  ['So the product is\n\n1692\n', '1692'],
  ['\\boxed{1} no,\n\\boxed{1692}. Done.', '1692'],
  ['\\[\\boxed{47 \\times 36}\\]', '47 * 36'],
  ['\\boxed{(3 + 4) \\cdot 2}', '(3 + 4) * 2'],
  ['$\\boxed{1{,}692}$', '1692'],
  ['**1692**', '1692'],
  ['\\boxed{\\frac{1}{2}}', '\\frac{1}{2}'],
  ['\\boxed{1692', '1692'],
  ['', ''],
])('of %j the answer is %j', (text, answer) => {
  expect(finalAnswer(text)).toBe(answer);
});

test('never throws, and reads no more than the end of a long text', () => {
  fc.assert(fc.property(fc.string(), (text) => void finalAnswer(`\\boxed{${text}`)));
  expect(finalAnswer(`\\boxed{7}${'{'.repeat(1e6)}`).length).toBeLessThanOrEqual(10_000);
});
