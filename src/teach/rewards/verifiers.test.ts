// What the verifiers accept, and that nothing of a completion can harm them.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sampleTask, taskNames } from '../../tasks/index.ts';
import { verifiers } from './verifiers.ts';

const judge = (verifier: string, groundTruth: string, answer: string) =>
  verifiers[verifier]?.judge(groundTruth, answer).correct;

describe('number', () => {
  test.each([
    ['7', 'It is 7.', true],
    ['7', 'It is 07.0', true],
    ['1200', 'So the sum is 1,200 in all', true],
    ['-3', 'x = -3', true],
    ['3', '8-5 is what I get: 8-3', true],
    ['0', '-0.00', true],
    ['2.5', 'First 3, then \\boxed{2.50}. Not 4.', true],
    ['4', 'First 3, then \\boxed{2.50}. Not 4.', false],
    ['7', 'seven', false],
    ['7', `1${'0'.repeat(40)}7`, false],
    ['seven', '7', null],
  ])('%s and %j: %s', (groundTruth, answer, correct) => {
    expect(judge('number', groundTruth, answer)).toBe(correct);
  });
});

describe('exact', () => {
  test.each([
    ['Paris', '  paris ', true],
    ['\\frac{1}{2}', 'thus \\boxed{\\frac{1}{2}}', true],
    ['Paris', 'It is Paris', false],
    ['', 'x', null],
    ['Paris', '\\boxed{Paris', false],
  ])('%j and %j: %s', (groundTruth, answer, correct) => {
    expect(judge('exact', groundTruth, answer)).toBe(correct);
  });
});

test.each(taskNames)('%s takes the reference of a problem and knows its answer', (task) => {
  const reference = { seed: 4, index: 9, split: 'train' } as const;
  const { answer } = sampleTask(task, reference.seed, reference.index, reference);
  expect(judge(task, JSON.stringify(reference), answer)).toBe(true);
  expect(judge(task, JSON.stringify(reference), '87**65**43')).toBe(false);
  for (const truth of ['', '{}', '[]', 'null', '{"seed":-1,"index":0,"split":"train"}']) {
    expect(judge(task, truth, answer)).toBeNull();
  }
});

test('any text gets a judgement', () => {
  const name = fc.constantFrom(...Object.keys(verifiers));
  fc.assert(
    fc.property(
      name,
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'binary' }),
      (verifier, truth, answer) => {
        expect([true, false, null]).toContain(judge(verifier, truth, answer));
      },
    ),
  );
});
