import { describe, expect, test } from 'vitest';
import { factorGrammar } from './factor-grammar.ts';
import { createGrammarWalk, TooManyStacks } from './grammar-walk.ts';
import { createGrammarWatch } from './grammar-watch.ts';
import { parseGrammar } from './parse-grammar.ts';
import { probeGrammar } from './probe-grammar.ts';

const doubling = 'root ::= "x" root "y" | "x" root "z" | "."';

describe('probeGrammar', () => {
  test.each([
    ['doubles with each character', doubling],
    ['doubles behind a beginning', 'root ::= "abc" s\ns ::= "(" s ")" | "(" s "]" | "."'],
    ['is three times as ambiguous inside', 'root ::= [a-z] root "1" | [a-f] root "2" | [a-c] root "3" | "."'],
    ['may begin everywhere', 'root ::= s\ns ::= ("a" | "b"){0,600} "c" | "a" s "d"| "a" s "e"'],
  ])('notices what %s', (_, text) => {
    expect(() => probeGrammar(parseGrammar(text))).toThrow(TooManyStacks);
  });

  test.each([
    ['brackets', 'root ::= "[" (root ("," root)*)? "]"'],
    ['a bounded text', 'root ::= [a-z]{0,1000}'],
    ['many words', `root ::= ${Array.from({ length: 300 }, (_, index) => `"${index}"`).join(' | ')}`],
  ])('has nothing against %s', (_, text) => {
    expect(probeGrammar(factorGrammar(parseGrammar(text))).length).toBeGreaterThan(0);
  });
});

test('a generation is ended once its text can be read in too many ways', () => {
  const watch = createGrammarWatch(doubling);
  expect(watch.problemAfter('xxxxx')).toBeUndefined();
  expect(watch.problemAfter('x'.repeat(40))).toBe('the grammar can be read in too many ways at once');
});

test('equal stacks are found to be equal however long the text is', () => {
  const walk = createGrammarWalk(
    parseGrammar('root ::= ("[" | "a" | "]" | "b" | n)*\nn ::= "(" n ")" | "-"'),
  );
  let state = walk.begin();
  for (let index = 0; index < 30_000; index++) {
    for (const character of index % 3 === 0 ? '((-))' : 'a[b')
      state = walk.accept(state, character.charCodeAt(0));
    expect(state.stacks.length).toBeLessThan(8);
  }
  expect(state.complete).toBe(true);
});
