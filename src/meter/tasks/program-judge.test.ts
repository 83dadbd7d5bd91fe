import { existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { programJudge } from './program-judge.ts';

const judge = (program: string, answer: string) => {
  const accepts = programJudge(program, 'What is 6 * 7?');
  return typeof accepts === 'string' ? accepts : accepts(answer);
};

test('a program sees the answer and the question, and true alone accepts', () => {
  const program = 'const [a, b] = question.match(/\\d+/g).map(Number); return Number(answer) === a * b;';
  expect(judge(program, '42')).toBe(true);
  expect(judge(program, '41')).toBe(false);
  expect(judge('return answer;', '42')).toBe(false);
});

test.each([
  ['while (answer !== "") {}'],
  [
    'if (answer === "") return false; for (const all = []; ; ) all.push(new Array(1e6).fill(answer + all.length));',
  ],
  ['if (answer !== "") throw new Error("no"); return false;'],
  ['return answer !== "" && (process.exitCode = 3, process.exit(3));'],
  ['return answer !== "" && Object.keys(process.env).length > 0;'],
])(
  'what runs on, takes too much, throws or looks for what is not there accepts nothing: %s',
  (program) => {
    expect(judge(program, 'x')).toBe(false);
  },
  60_000,
);

test('nothing is read, written or started by it', () => {
  const file = join(tmpdir(), `tiegel-program-judge-${process.pid}`);
  const reach = (call: string) => judge(`if (answer === "") return false; ${call}; return true;`, 'x');
  const load = (name: string) => `process.getBuiltinModule("node:${name}")`;
  expect(reach(`${load('fs')}.writeFileSync(${JSON.stringify(file)}, "x")`)).toBe(false);
  expect(reach(`${load('fs')}.readFileSync("/etc/hostname")`)).toBe(false);
  expect(reach(`${load('child_process')}.spawnSync("true")`)).toBe(false);
  expect(existsSync(file)).toBe(false);
  rmSync(file, { force: true });
});

test('a program that cannot be read, or takes every answer, is named', () => {
  expect(judge('return (', 'x')).toMatch(/cannot be read/);
  expect(judge('}); (function () { return true;', 'x')).toMatch(/cannot be read/);
  expect(judge('return true;', 'x')).toBe('its program accepts the empty answer');
});
