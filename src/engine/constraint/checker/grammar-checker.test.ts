import { afterEach, describe, expect, test } from 'vitest';
import { type CheckerLimits, createGrammarChecker, type GrammarChecker } from './grammar-checker.ts';

let checker: GrammarChecker | undefined;
afterEach(() => checker?.[Symbol.dispose]());

function open(limits: Partial<CheckerLimits> = {}): GrammarChecker {
  checker = createGrammarChecker(limits);
  return checker;
}

/** Endless for the native parser, which follows each path; our own checks, which refuse it, come before the checker. */
const slow = (() => {
  const rules = Array.from({ length: 60 }, (_, index) => `r${index} ::= r${index + 1} | r${index + 1}`);
  return ['root ::= "." | "," r0', ...rules, 'r60 ::= "c"'].join('\n');
})();

describe('createGrammarChecker', () => {
  test('passes what the native parser reads and says what it does not', async () => {
    const { check } = open();
    await expect(check('root ::= "a"')).resolves.toBeUndefined();
    await expect(check('root ::= (')).rejects.toMatchObject({ code: 'TGL_CONSTRAINT_INVALID' });
    await expect(check('root ::= "x" root "y" | "x" root "z" | "."')).rejects.toMatchObject({
      details: { problem: 'the grammar can be read in too many ways at once' },
    });
  });

  test('kills a child that takes too long and goes on with the next grammar', async () => {
    const { check } = open({ checkMs: 500 });
    const [hung, next] = await Promise.allSettled([check(slow), check('root ::= "b"')]);
    expect(hung).toMatchObject({
      reason: { details: { problem: 'the native parser did not read the grammar within 500 ms' } },
    });
    expect(next.status).toBe('fulfilled');
  });

  test('lets no more than a bounded number wait, and nobody wait who has left', async () => {
    const { check } = open({ waiting: 2 });
    const left = new AbortController();
    const results = ['a', 'b', 'c'].map((letter, index) =>
      check(`root ::= "${letter}"`, index === 1 ? left.signal : undefined),
    );
    left.abort(new Error('gone'));
    const settled = await Promise.allSettled(results);
    expect(settled[0]?.status).toBe('fulfilled');
    expect(settled[1]).toMatchObject({ reason: { message: 'gone' } });
    expect(settled[2]).toMatchObject({ reason: { code: 'TGL_CONSTRAINTS_BUSY' } });
    await expect(check('root ::= "c"')).resolves.toBeUndefined();
  });
});
