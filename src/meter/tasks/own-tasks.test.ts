import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnswerRule } from './answer-rule.ts';
import { readTasks, requireTasks, setOf } from './own-tasks.ts';

const line = (value: object): string => JSON.stringify(value);
const problemsOf = (...lines: readonly string[]) => readTasks(lines.join('\n')).problems;

function isRight(check: AnswerRule, answer: string, question = 'What is 12 * 34?'): boolean | undefined {
  return readTasks(line({ question, check })).tasks[0]?.isRight(answer);
}

describe('answers are judged', () => {
  test.each<[AnswerRule, string, boolean]>([
    [{ type: 'exact', answer: 'Paris' }, ' paris\n', true],
    [{ type: 'exact', answer: 'Paris' }, 'It is Paris', false],
    [{ type: 'number', answer: 7, tolerance: 0.5 }, 'first 3, then 7.4', true],
    [{ type: 'number', answer: 7, tolerance: 0 }, '7.4', false],
    [{ type: 'number', answer: 7, tolerance: 1 }, 'none', false],
    [{ type: 'set', answer: ['a', 'b'] }, 'B; A', true],
    [{ type: 'set', answer: ['a', 'b'] }, 'a, b, c', false],
    [{ type: 'pointer', pointer: '/x/0', answer: { b: 1, a: 2 } }, '{"x": [{"a": 2, "b": 1}]}', true],
    [{ type: 'pointer', pointer: '/x', answer: 1 }, 'no JSON', false],
    [{ type: 'pattern', pattern: '^\\d{4}$' }, '2026', true],
    [{ type: 'task', task: 'multiplication' }, '408', true],
    [{ type: 'task', task: 'multiplication' }, '407', false],
  ])('%j: %s is %s', (check, answer, wanted) => {
    expect(isRight(check, answer)).toBe(wanted);
  });

  test('a pattern that would look for its match for ever does not match, and soon', () => {
    expect(isRight({ type: 'pattern', pattern: '^(a+)+$' }, `${'a'.repeat(60)}b`)).toBe(false);
  });
});

test('every line that cannot be used is named, with what is wrong with it', () => {
  expect(
    problemsOf(
      line({ question: 'What?', answer: '1', set: 'report' }),
      '{',
      line({ question: 'Why?' }),
      line({ question: 'Who?', answer: '1', check: { type: 'exact', answer: '1' } }),
      line({ question: ' what? ', answer: '2', set: 'report' }),
      line({ question: 'WHAT?', answer: '2', set: 'selection' }),
      line({ question: 'How?', answer: ' ' }),
      line({ question: 'When?', check: { type: 'pattern', pattern: '(' } }),
      line({ question: 'Which?', check: { type: 'pattern', pattern: 'x*' } }),
      line({ question: 'Make 5.', check: { type: 'task', task: 'countdown' } }),
      line({ question: 'Whose?', anser: '1' }),
      '',
    ).map(({ line: number, problem }) => `${number} ${problem}`),
  ).toEqual([
    '2 it is no JSON',
    '3 it has to have either an answer or a check',
    '4 it has to have either an answer or a check',
    '5 line 1 asks the same',
    '6 line 1 asks the same and is in the set report',
    '7 its answer is empty',
    '8 its pattern is no regular expression of ECMAScript',
    '9 its pattern matches the empty answer',
    '10 its question is none that countdown checks',
    expect.stringMatching(/^11 the line: .*anser/),
  ]);
});

test('a file with such a line is refused, and so is one without any', () => {
  expect(() => requireTasks('t.jsonl', '{}\n[]')).toThrow(/t\.jsonl cannot be used: line 1: .*; line 2: /);
  expect(() => requireTasks('t.jsonl', '\n')).toThrow(/there is no line in it/);
  expect(() => requireTasks('t.jsonl', '{\n'.repeat(500))).toThrow(/line 5: .*; and 495 more/);
});

test('whatever stands in a file, reading it ends with tasks or problems', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.json())), (lines) => {
      const { tasks, problems } = readTasks(lines.join('\n'));
      expect(tasks.length + problems.length).toBeGreaterThanOrEqual(0);
    }),
  );
});

test('questions that name no set are halved by their digest, so that others move none', () => {
  const questions = Array.from({ length: 400 }, (_, index) =>
    line({ question: `What is ${index}?`, answer: '1' }),
  );
  const { tasks } = readTasks(questions.join('\n'));
  const selection = tasks.filter(({ set }) => set === 'selection');
  expect(selection.length).toBeGreaterThan(150);
  expect(selection.length).toBeLessThan(250);
  for (const { id, set } of tasks) expect(setOf(id)).toBe(set);
});
