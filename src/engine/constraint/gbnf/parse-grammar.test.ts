import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { openBestLibrary } from '../../llama/ffi/library.ts';
import { createTextMatcher, type TextMatcher } from '../../llama/ffi/text-matcher.ts';
import { compileConstraint } from '../compile-constraint.ts';
import { matchesGrammar, TooManyStacks } from './grammar-walk.ts';
import { parseGrammar } from './parse-grammar.ts';

let matcher: TextMatcher;
beforeAll(() => {
  matcher = createTextMatcher(openBestLibrary('cpu'));
});

const compile = (grammar: string): string => compileConstraint({ type: 'grammar', grammar });

/** Undefined for what is read in more ways than are let in. */
function unlessTooMany<Value>(run: () => Value): Value | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof TooManyStacks) return undefined;
    throw error;
  }
}

function problemOf(grammar: string): string | undefined {
  try {
    compile(grammar);
    return undefined;
  } catch (error) {
    return String((error as { details: { problem: unknown } }).details.problem);
  }
}

describe('a grammar means the same to us, in our form, and to the native parser', () => {
  test.each([
    ['root ::= "yes" | "no"', ['yes', 'no', 'ye', 'yesno', '']],
    ['root ::= [a-c]+ [^a-c] "-"?', ['abcx', 'abc', 'x', 'ax-', 'aé', 'aa-']],
    ['root ::= (("a" | b) ","){2,3}\nb ::= "b" # a comment', ['a,b,', 'a,', 'a,a,a,', 'a,a,a,a,']],
    ['root ::= "x"{2} "y"{1,} . ', ['xxyz', 'xyz', 'xxyyyy', 'xxy']],
    ['root ::= "\\x41\\u00e4\\U0001F600\\n\\t\\\\\\"" [\\]\\[a\\-z]', ['Aä😀\n\t\\"]', 'Aä😀\n\t\\"-', 'A']],
    ['root ::= "" | "a" root', ['', 'aaa', 'b']],
    ['b ::= "b"\nroot ::=\n  "a" |\n  b\n', ['a', 'b', 'ab']],
    ['root ::= "[" (root ("," root)*)? "]"', ['[]', '[[],[[]]]', '[[]', '[,]']],
  ])('%s', (grammar, texts) => {
    const ours = parseGrammar(grammar);
    const [native, written] = [grammar, compile(grammar)].map((text) => matcher.read(text));
    const judged = texts.map((text) => [text, matchesGrammar(ours, text)]);
    expect(judged).toEqual(texts.map((text) => [text, native?.accepts(text)]));
    expect(judged).toEqual(texts.map((text) => [text, written?.accepts(text)]));
  });

  test('for grammars and texts at random', () => {
    const { grammar } = fc.letrec<{ grammar: string; item: string }>((tie) => ({
      item: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom('"a"', '"ab"', '[a-b]', '[^a]', '.', 'b'),
        fc
          .tuple(tie('grammar'), fc.constantFrom('', '?', '{1,2}', '{2}'))
          .map(([body, count]) => `(${body})${count}`),
      ),
      grammar: fc
        .array(fc.array(tie('item'), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 })
        .map((alternatives) => alternatives.map((items) => items.join(' ')).join(' | ')),
    }));
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });
    fc.assert(
      fc.property(grammar, fc.array(text, { minLength: 8, maxLength: 8 }), (body, texts) => {
        const written = `root ::= ${body}\nb ::= "b" b | "c"`;
        const ours = parseGrammar(written);
        const native = matcher.read(written);
        const compiled = matcher.read(compile(written));
        for (const candidate of texts) {
          const expected = native.accepts(candidate);
          const judged = unlessTooMany(() => matchesGrammar(ours, candidate));
          fc.pre(judged !== undefined);
          expect(judged).toBe(expected);
          expect(compiled.accepts(candidate)).toBe(expected);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('the grammars that come with the runtime are read', () => {
    const folder = join(
      dirname(fileURLToPath(import.meta.resolve('node-llama-cpp'))),
      '..',
      'llama',
      'grammars',
    );
    const files = readdirSync(folder).filter((name) => name.endsWith('.gbnf'));
    expect(files.length).toBeGreaterThan(5);
    const problems = files.map((name) => [name, problemOf(readFileSync(join(folder, name), 'utf8'))]);
    expect(problems.filter(([, problem]) => problem !== undefined)).toEqual([]);
  });
});

describe('refuses by name', () => {
  test.each([
    ['root ::= (', '")" is missing in line 1 of the grammar'],
    ['root ::= "a', 'a literal or a set of characters is not closed in line 1 of the grammar'],
    ['root ::= a', 'the rule a of the grammar is not defined'],
    ['a ::= "a"', 'the rule root of the grammar is not defined'],
    ['root ::= "a"\nroot ::= "b"', 'the rule root is defined twice in line 2 of the grammar'],
    ['root = "a"', '"::=" is missing behind root in line 1 of the grammar'],
    ['root ::= "a" ]', 'a line break is expected, not "]" in line 1 of the grammar'],
    ['root ::= "a"{2,1}', 'a repetition ends before it begins in line 1 of the grammar'],
    ['root ::= [z-a]', 'a range of characters ends before it begins in line 1 of the grammar'],
    ['root ::= "\\q"', 'the escape "\\\\q" is unknown in line 1 of the grammar'],
    ['root ::= <think>', 'terminals for tokens are not supported in line 1 of the grammar'],
    ['root ::= *', 'a line break is expected, not "*" in line 1 of the grammar'],
    ['root ::= root "a" | "a"', 'a rule begins with itself, or something is repeated that may be empty'],
    [
      'root ::= e root "a" | "a"\ne ::= f\nf ::= ""',
      'a rule begins with itself, or something is repeated that may be empty',
    ],
    ['root ::= ("a"*)*', 'a rule begins with itself, or something is repeated that may be empty'],
    ['root ::= "a" root', 'the rule root describes no text that ends'],
  ])('%s', (grammar, problem) => {
    expect(problemOf(grammar)).toBe(problem);
  });

  const chain = (count: number, body: (next: string) => string): string =>
    Array.from(
      { length: count },
      (_, index) => `${index === 0 ? 'root' : `r${index}`} ::= ${body(`r${index + 1}`)}`,
    )
      .concat(`r${count} ::= "a"`)
      .join('\n');

  test.each([
    ['length', `root ::= "${'a'.repeat(300_000)}"`],
    ['nesting', `root ::= ${'('.repeat(70)}"a"${')'.repeat(70)}`],
    ['digits', `root ::= "a"{${'9'.repeat(100_000)}}`],
    ['repetition', 'root ::= "a"{30001}'],
    ['repetition of what is long', `root ::= "${'a'.repeat(50_000)}"{2000}`],
    ['repetition of repetitions', 'root ::= "a"{100}{100}{100}'],
    ['choice at every place', 'root ::= ("a"?){0,1990}'],
    ['rules that begin with one another', chain(5000, (next) => `${next} "b"`)],
    [
      'paths from rule to rule',
      chain(60, (next) => `b${next} | c${next}\nb${next} ::= ${next} "b"\nc${next} ::= ${next} "c"`),
    ],
  ])('too much %s', (_, grammar) => {
    expect(problemOf(grammar)).toMatch(/more than|deeper than|too many/);
  });
});
