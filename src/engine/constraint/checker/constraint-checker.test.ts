import { afterEach, describe, expect, test } from 'vitest';
import type { Constraint } from '../../engine.ts';
import { compileConstraint } from '../compile-constraint.ts';
import { type CheckerLimits, type ConstraintChecker, createConstraintChecker } from './constraint-checker.ts';

let checker: ConstraintChecker | undefined;
afterEach(() => checker?.[Symbol.dispose]());

const grammar = (grammar: string): Constraint => ({ type: 'grammar', grammar });

describe('createConstraintChecker', () => {
  test('gives the grammar of what can be read and says what cannot', async () => {
    checker = createConstraintChecker();
    const schema: Constraint = { type: 'json-schema', schema: { enum: ['a', 'b'] } };
    const { grammarOf } = checker;
    await expect(grammarOf({ ...schema, after: '</think>' }, '')).resolves.toBe(compileConstraint(schema));
    await expect(grammarOf(grammar('root ::= ('), '')).rejects.toMatchObject({
      code: 'TGL_CONSTRAINT_INVALID',
    });
    await expect(grammarOf({ type: 'json-schema', schema: { type: 'toString' } }, '')).rejects.toMatchObject({
      code: 'TGL_CONSTRAINT_INVALID',
    });
    await expect(
      grammarOf(grammar('root ::= a "y" | b "z" | "."\na ::= "x" root\nb ::= "x" root'), ''),
    ).rejects.toMatchObject({
      details: { problem: 'the grammar can be read in too many ways at once' },
    });
  });
});

describe('a child that does not come to an end', () => {
  /** Passes grammars as they are, but for those that say what becomes of it. */
  const program = new URL('./hanging-checker.ts', import.meta.url);

  function open(limits: Partial<CheckerLimits> = {}): ConstraintChecker['grammarOf'] {
    checker = createConstraintChecker(limits, program);
    return checker.grammarOf;
  }

  test('is killed, and the next constraint gets another one', async () => {
    const grammarOf = open({ checkMs: 100 });
    const [hung, next, crashed, last] = await Promise.allSettled([
      grammarOf(grammar('hang'), ''),
      grammarOf(grammar('next'), ''),
      grammarOf(grammar('crash'), ''),
      grammarOf(grammar('last, and longest'.repeat(20)), ''),
    ]);
    expect(hung).toMatchObject({
      reason: { code: 'TGL_CONSTRAINT_INVALID', details: { problem: 'it could not be read within 100 ms' } },
    });
    expect(next.status).toBe('fulfilled');
    expect(crashed).toMatchObject({ reason: { details: { problem: 'the process that read it ended' } } });
    expect(last.status).toBe('fulfilled');
  });

  test('says nothing about a constraint for which the processor had no time', async () => {
    const grammarOf = open({ checkMs: 600_000, longestMs: 200 });
    for (let turn = 0; turn < 2; turn++)
      await expect(grammarOf(grammar('hang'), '')).rejects.toMatchObject({ code: 'TGL_CONSTRAINTS_BUSY' });
  });

  test('keeps a bounded number waiting, of each account its share, and nobody who has left', async () => {
    const grammarOf = open({ waiting: 4, checkMs: 100 });
    const left = new AbortController();
    const hung = grammarOf(grammar('hang'), 'greedy');
    const many = [1, 2, 3, 4].map((number) =>
      grammarOf(grammar(`${number}`), 'greedy', number === 2 ? left.signal : undefined),
    );
    await expect(grammarOf(grammar('5'), 'greedy')).rejects.toMatchObject({ code: 'TGL_CONSTRAINTS_BUSY' });
    const others = [6, 7].map((number) => grammarOf(grammar(`${number}`), 'modest'));
    await expect(grammarOf(grammar('8'), 'modest')).rejects.toMatchObject({ code: 'TGL_CONSTRAINTS_BUSY' });
    left.abort(new Error('gone'));
    const [stuck, one, two, ...rest] = await Promise.allSettled([hung, ...many, ...others]);
    expect(stuck.status).toBe('rejected');
    expect(one?.status).toBe('fulfilled');
    expect(two).toMatchObject({ reason: { message: 'gone' } });
    expect(rest.map(({ status }) => status)).toEqual(Array.from({ length: 4 }, () => 'fulfilled'));
  });

  test('is asked for the same constraint once, as long as the result is kept', async () => {
    const grammarOf = open({ kept: 2 });
    const asked = await Promise.all([grammarOf(grammar('a'), ''), grammarOf(grammar('a'), 'other')]);
    expect(asked[0]).toBe(asked[1]);
    for (const text of ['b', 'c', 'a']) await expect(grammarOf(grammar(text), '')).resolves.toContain(text);
  });
});
