import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answerChecks, sampleTask } from './index.ts';

const checked = ['countdown', 'multiplication'] as const;

test.each(checked)(
  'every wording of a %s problem is read, and its answers are checked as the task checks them',
  (name) => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.nat(100_000), (index, other) => {
        const asked = sampleTask(name, 5, index, { split: 'train' });
        const check = answerChecks.get(name)?.(asked.prompt);
        expect(check?.(` ${asked.answer}\n`).correct).toBe(true);
        const answer = sampleTask(name, 6, other, { split: 'train' }).answer;
        expect(check?.(answer)).toEqual(asked.verify(answer));
      }),
    );
  },
);

test.each([
  ['countdown', 'Use 3, 5 and 6 once each to make 21.'],
  ['countdown', 'Use 3, 5 and 6 once each with + - * to make 21. And 4?'],
  ['countdown', 'What is 12 * 34?'],
  ['multiplication', `What is ${'9'.repeat(1_000_000)} * 2?`],
  ['multiplication', ''],
])('what %s does not ask for in its words is not guessed: %.40s', (name, question) => {
  expect(answerChecks.get(name)?.(question)).toBe(undefined);
});
