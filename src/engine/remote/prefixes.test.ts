// Beginnings that are equal have equal names, and nothing else has.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { GenerateRequest } from '../engine.ts';
import { question } from './fixture.ts';
import { prefixNames } from './prefixes.ts';

type Said = readonly (readonly [role: 'user' | 'assistant', content: string])[];

function namesOf(said: Said, cacheScope?: string): readonly string[] {
  const messages = said.map(([role, content]) => ({ role, content }));
  const turn = { ...question.turn, messages };
  return prefixNames({ ...question, turn, ...(cacheScope !== undefined && { cacheScope }) });
}

function namesOfPrompt(texts: readonly string[], cacheScope = 'a'): readonly string[] {
  const { turn: _, ...rest } = question;
  const prompt = texts.map((text) => ({ text, special: false }));
  return prefixNames({ ...rest, prompt, cacheScope } as GenerateRequest);
}

const said = fc.array(fc.tuple(fc.constantFrom('user', 'assistant'), fc.string({ maxLength: 3 })), {
  minLength: 1,
  maxLength: 4,
});

test('two conversations share as many names as they share messages', () => {
  fc.assert(
    fc.property(said, said, said, (shared, one, other) => {
      const [first, second] = [namesOf([...shared, ...one], 'a'), namesOf([...shared, ...other], 'a')];
      expect(first).toHaveLength(shared.length + one.length);
      const differ = one.findIndex((message, index) => String(message) !== String(other[index]));
      const common = shared.length + (differ < 0 ? one.length : differ);
      expect(first.filter((name) => second.includes(name))).toEqual(first.slice(0, common));
      expect(new Set(first).size).toBe(first.length);
    }),
  );
});

test('pieces of a rendered prompt are told apart by where they end', () => {
  expect(namesOfPrompt(['ab', 'c'])).toHaveLength(2);
  expect(namesOfPrompt(['ab', 'c'])[1]).not.toBe(namesOfPrompt(['a', 'bc'])[1]);
  expect(namesOfPrompt(['ab', 'c'])[0]).toBe(namesOfPrompt(['ab', 'd'])[0]);
});

test('another scope has other names, and without one there are none', () => {
  const hello: Said = [['user', 'Hello']];
  expect(namesOf(hello, 'a')).not.toEqual(namesOf(hello, 'b'));
  expect(namesOf(hello)).toEqual([]);
  expect(namesOfPrompt(['x'], 'a')).not.toEqual(namesOfPrompt(['x'], 'b'));
});
