import { describe, expect, test } from 'vitest';
import { heldOutProblems } from '../held-out-problems.ts';
import { furtherTaskNames, sampleTask } from '../registry.ts';
import { splitOf } from '../split.ts';
import { products, sums } from './arithmetic.ts';
import { comparison, ordering } from './orders.ts';
import { conversion, equation, remainder } from './relations.ts';

describe.each(furtherTaskNames)('%s', (name) => {
  const train = Array.from({ length: 1500 }, (_, index) => sampleTask(name, 7, index, { split: 'train' }));
  const heldOut = heldOutProblems(name, 7, 300);

  test('every reference answer verifies, and no other problem’s answer does unless it is the same', () => {
    expect(train.filter(({ verify, answer }) => !verify(answer).correct)).toEqual([]);
    for (const [index, { verify, answer }] of train.slice(1).entries()) {
      const other = train[index]!.answer;
      expect(verify(other).correct).toBe(
        numbersIn(other) === numbersIn(answer) && unitOf(other) === unitOf(answer),
      );
    }
  });

  test('every calculation and comparison in every trace is true, and the answer stands in it', () => {
    for (const { trace, answer } of [...train, ...heldOut]) {
      const statements = trace.match(/\d[\d+\-*]*[=<>]\d+/g) ?? [];
      for (const statement of statements) expect([statement, isTrue(statement)]).toEqual([statement, true]);
      if (name !== 'ordering') expect(statements).not.toEqual([]);
      for (const number of numbersIn(answer).split(','))
        if (!['sum', 'product'].includes(name)) expect(trace).toContain(number);
    }
  });

  test('has three hundred held-out problems, none of which is trained on', () => {
    expect(heldOut).toHaveLength(300);
    expect(new Set(heldOut.map(({ canonical }) => canonical)).size).toBe(300);
    const trained = new Set(train.map(({ canonical }) => canonical));
    expect(heldOut.filter(({ canonical }) => trained.has(canonical))).toEqual([]);
    expect(heldOut.filter(({ canonical }) => splitOf(canonical) !== 'held-out')).toEqual([]);
  });

  test('is the same for the same arguments, and refuses what no parser of its answers reads', () => {
    const text = ({ prompt, trace, answer }: (typeof train)[number]) => [prompt, trace, answer];
    expect(text(sampleTask(name, 7, 3, { split: 'train' }))).toEqual(text(train[3]!));
    for (const nonsense of ['', 'yes', '٣', '1e3', '--1', ','.repeat(1000), 'x = y', 'no'])
      expect(train[0]!.verify(nonsense).correct).toBe(false);
  });
});

test.each([
  [sums, { left: 347, operator: '+' as const, right: 86 }, '347+086: 7+6+0=13 4+8+1=13 3+0+1=04', '433'],
  [sums, { left: 347, operator: '-' as const, right: 86 }, '347-086: 7-6-0=1 14-8-0=6 3-0-1=2', '261'],
  [products, { left: 347, right: 6 }, '347*6: 7*6+0=42 4*6+4=28 3*6+2=20 2082', '2082'],
  [remainder, { dividend: 47, divisor: 6 }, '47/6: 0*6=0 4-0=4 7*6=42 47-42=5', '5'],
  [equation, { factor: 3, x: 7, summand: 5, sign: '+' as const }, '26-5=21 3*7=21', 'x = 7'],
  [conversion, { large: 3, small: 45, units: 'm cm' }, '3*100=300 300+45=345', '345 cm'],
  [comparison, { one: 347, other: 372, wantsLarger: true }, '3=3 4<7 347<372', '372'],
  [ordering, { numbers: [17, 5, 9], isAscending: false }, '17 5 9: 17\n5 9: 9\n5', '17, 9, 5'],
])('%# is solved step by step', (task, problem, trace, answer) => {
  expect([task.trace(problem as never, 'en'), task.answer(problem as never, 'en')]).toEqual([trace, answer]);
});

test.each([
  [
    equation,
    { factor: 3, x: 7, summand: 5, sign: '+' as const },
    ['7', 'x=7', 'x = 7'],
    ['x = 8', '7 = x', 'y = 7'],
  ],
  [conversion, { large: 3, small: 45, units: 'm cm' }, ['345', '345 cm'], ['345 mm', '3.45 m', '346 cm']],
  [
    ordering,
    { numbers: [17, 5, 9], isAscending: true },
    ['5,9,17', '5, 9, 17'],
    ['5, 17, 9', '5, 9', '17, 9, 5'],
  ],
])('%# takes its answer with and without what goes without saying', (task, problem, right, wrong) => {
  for (const answer of right) expect(task.verify(problem as never, answer).correct).toBe(true);
  for (const answer of wrong) expect(task.verify(problem as never, answer).correct).toBe(false);
});

function numbersIn(answer: string): string {
  return (answer.match(/\d+/g) ?? []).join();
}

function unitOf(answer: string): string {
  return answer.match(/[a-z]+$/)?.[0] ?? '';
}

/** Read without the parser of the tasks. */
function isTrue(statement: string): boolean {
  const [, left = '', sign, right = ''] = statement.match(/^(.*)([=<>])(\d+)$/) ?? [];
  const value = (left.match(/(^|[+-])[\d*]+/g) ?? []).reduce((sum, term) => {
    const product = term
      .replace(/^[+-]/, '')
      .split('*')
      .map(Number)
      .reduce((one, other) => one * other);
    return term.startsWith('-') ? sum - product : sum + product;
  }, 0);
  if (sign === '=') return value === Number(right);
  return sign === '<' ? value < Number(right) : value > Number(right);
}
