// Strings by length, pattern and format. Patterns and formats become an automaton; what may be escaped in JSON is written
// as it is where it can.
import { lookUp } from '../../../base/index.ts';
import { type CharacterSet, characterSet, includes, literal, type Sequence } from '../gbnf/grammar.ts';
import type { GrammarBuilder } from '../gbnf/grammar-builder.ts';
import { automatonOf } from '../pattern/automaton.ts';
import type { PatternBudget } from '../pattern/expression.ts';
import { formatPatterns } from './formats.ts';
import { type JsonText, plainCharacters, quote } from './json-text.ts';
import { longestRepetition, refuseAt, type Schema } from './schema.ts';

export type StringRules = {
  readonly builder: GrammarBuilder;
  readonly text: JsonText;
  readonly budget: PatternBudget;
  /** Rules by what they stand for. */
  readonly made: Map<string, number>;
  /** The rules for the end of a string, by how many characters it has at most. */
  readonly ends: number[];
};

/** @throws TGL_CONSTRAINT_INVALID */
export function stringRule(rules: StringRules, schema: Schema, path: string): readonly Sequence[] {
  const [least, most] = lengthBounds(schema.minLength, schema.maxLength, path);
  const patterns = patternsOf(schema, path);
  const key = JSON.stringify([patterns, least, most]);
  const known = rules.made.get(key);
  if (known !== undefined) return [[known]];
  const rule = rules.builder.reserve();
  rules.made.set(key, rule);
  rules.builder.define(
    rule,
    patterns.length === 0 ? byLength(rules, least, most) : byPattern(rules, patterns, [least, most]),
  );
  return [[rule]];
}

/** A pattern says what a format only notes. */
function patternsOf({ pattern, format }: Schema, path: string): readonly string[] {
  if (pattern === undefined) {
    const known = typeof format === 'string' ? formatPatterns.get(format) : undefined;
    return known === undefined ? [] : [known];
  }
  const patterns = [pattern].flat();
  if (patterns.some((one) => typeof one !== 'string')) refuseAt(path, 'pattern is not a string');
  return patterns as unknown as readonly string[];
}

function byLength(rules: StringRules, least: number, most: number): readonly Sequence[] {
  const { builder, text } = rules;
  if (most === Number.POSITIVE_INFINITY) {
    const characters = builder.repeat([text.character()], least, most);
    return [least === 0 ? [text.string()] : [...quote, ...characters, ...quote]];
  }
  return [[...quote, ...builder.repeat([text.character()], least, least), endWithin(rules, most - least)]];
}

/** At most so many characters and the closing quote; strings of all lengths share these rules. */
function endWithin({ builder, text, ends }: StringRules, most: number): number {
  while (ends.length <= most) {
    const shorter = ends.at(-1);
    const more = shorter === undefined ? [] : [[text.character(), shorter]];
    ends.push(builder.add([...more, quote]));
  }
  return ends[most] as number;
}

function byPattern(
  { builder, budget }: StringRules,
  patterns: readonly string[],
  [least, most]: readonly [number, number],
): readonly Sequence[] {
  const states = automatonOf({ patterns, least, most }, budget);
  const rules = states.map(() => builder.reserve());
  for (const [state, { accepts, next }] of states.entries()) {
    const alternatives = next.flatMap(([characters, target]) =>
      written(characters).map((sequence) => [...sequence, rules[target] as number]),
    );
    builder.define(rules[state] as number, accepts ? [...alternatives, quote] : alternatives);
  }
  return [[...quote, rules[0] as number]];
}

const shortEscapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '\b': 'b',
  '\f': 'f',
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
};

/** One of the characters, in a JSON string. */
function written(characters: CharacterSet): readonly Sequence[] {
  const plain = intersection(characters, plainCharacters);
  const escaped = Object.keys(shortEscapes).filter((one) =>
    includes(characters, one.codePointAt(0) as number),
  );
  const letters = escaped.map((one) => (lookUp(shortEscapes, one) ?? '').codePointAt(0) as number);
  const behindBackslash = characterSet(letters.map((letter) => [letter, letter] as const));
  const found = [
    ...(plain.length > 0 ? [[plain]] : []),
    ...(letters.length > 0 ? [[...literal('\\'), behindBackslash]] : []),
  ];
  if (found.length > 0) return found;
  // Other control characters are written only where nothing else would do.
  return characters.flatMap(([low, high]) =>
    Array.from({ length: Math.min(high, 0x7f) - low + 1 }, (_, index) => low + index)
      .filter((codePoint) => codePoint <= 0x1f || codePoint === 0x7f)
      .map((codePoint) => literal(`\\u${codePoint.toString(16).padStart(4, '0')}`)),
  );
}

function intersection(one: CharacterSet, other: CharacterSet): CharacterSet {
  const common = one.flatMap(([low, high]) =>
    other.map(([from, to]) => [Math.max(low, from), Math.min(high, to)] as const),
  );
  return characterSet(common.filter(([low, high]) => low <= high));
}

/** Of texts or arrays. @throws TGL_CONSTRAINT_INVALID */
export function lengthBounds(least: unknown, most: unknown, path: string): readonly [number, number] {
  const from = least ?? 0;
  const to = most ?? Number.POSITIVE_INFINITY;
  if (!isLength(from) || (to !== Number.POSITIVE_INFINITY && !isLength(to)))
    return refuseAt(path, 'the bounds of the length are malformed');
  if (from > longestRepetition) refuseAt(path, `a least length above ${longestRepetition}`);
  return [from, to === Number.POSITIVE_INFINITY ? to : Math.min(to as number, longestRepetition)];
}

function isLength(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}
