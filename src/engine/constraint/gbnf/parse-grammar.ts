// GBNF, the grammar notation of llama.cpp, read in one pass over the text. Not supported: terminals for single tokens
// (`<…>`), since they mean something in one model's vocabulary only.
import { type Cursor, createCursor, readCharacter, readCount, readName, skipSpace } from './cursor.ts';
import {
  type CharacterSet,
  characterSet,
  complement,
  type Grammar,
  grammarLimits,
  refuseConstraint,
  type Sequence,
} from './grammar.ts';
import { createGrammarBuilder, type GrammarBuilder } from './grammar-builder.ts';

type Parser = {
  readonly cursor: Cursor;
  readonly builder: GrammarBuilder;
  /** The index of a rule by its name, defined or not. */
  readonly ruleNamed: (name: string) => number;
};

/**
 * The rule `root` comes first, whatever its place in the text.
 *
 * @throws TGL_CONSTRAINT_INVALID with the line, for what is no grammar, not closed or larger than `grammarLimits`.
 */
export function parseGrammar(text: string): Grammar {
  if (text.length > grammarLimits.characters)
    refuseConstraint(`the grammar has more than ${grammarLimits.characters} characters`);
  const cursor = createCursor(text);
  const builder = createGrammarBuilder();
  const names = new Map([['root', builder.reserve()]]);
  const defined = new Set<string>();
  const ruleNamed = (name: string): number => {
    const known = names.get(name);
    if (known !== undefined) return known;
    const rule = builder.reserve();
    names.set(name, rule);
    return rule;
  };
  const parser = { cursor, builder, ruleNamed };
  skipSpace(cursor, true);
  while (!cursor.ended()) {
    const name = readName(cursor);
    if (defined.has(name)) cursor.refuse(`the rule ${name} is defined twice`);
    defined.add(name);
    skipSpace(cursor, false);
    if (!cursor.take('::=')) cursor.refuse(`"::=" is missing behind ${name}`);
    skipSpace(cursor, true);
    builder.define(ruleNamed(name), readAlternatives(parser, 0));
    if (!cursor.ended() && !cursor.take('\r') && !cursor.take('\n'))
      cursor.refuse(`a line break is expected, not ${JSON.stringify(cursor.peek())}`);
    skipSpace(cursor, true);
  }
  const missing = [...names.keys()].find((name) => !defined.has(name));
  if (missing !== undefined) refuseConstraint(`the rule ${missing} of the grammar is not defined`);
  return builder.grammar();
}

function readAlternatives(parser: Parser, depth: number): readonly Sequence[] {
  const { cursor } = parser;
  if (depth > grammarLimits.nesting) cursor.refuse(`nested deeper than ${grammarLimits.nesting} levels`);
  const alternatives = [readSequence(parser, depth)];
  while (cursor.take('|')) {
    skipSpace(cursor, true);
    alternatives.push(readSequence(parser, depth));
  }
  return alternatives;
}

function readSequence(parser: Parser, depth: number): Sequence {
  const { cursor, builder } = parser;
  const sequence: Sequence[] = [];
  for (;;) {
    const item = readItem(parser, depth);
    if (item === undefined) return sequence.flat();
    skipSpace(cursor, depth > 0);
    let repeated = item;
    for (let bounds = readBounds(cursor, depth); bounds !== undefined; bounds = readBounds(cursor, depth)) {
      if (repeated.length === 0) cursor.refuse('nothing is repeated');
      repeated = builder.repeat(repeated, bounds[0], bounds[1]);
    }
    sequence.push(repeated);
  }
}

/** Undefined where none begins. */
function readItem(parser: Parser, depth: number): Sequence | undefined {
  const { cursor, builder, ruleNamed } = parser;
  const first = cursor.peek();
  if (/[\w-]/.test(first)) return [ruleNamed(readName(cursor))];
  if (first === '<' || first === '!') cursor.refuse('terminals for tokens are not supported');
  if (cursor.take('"')) {
    const characters: CharacterSet[] = [];
    while (!cursor.take('"')) {
      const character = readCharacter(cursor);
      characters.push([[character, character]]);
    }
    return characters;
  }
  if (cursor.take('[')) return [readSet(cursor)];
  if (cursor.take('.')) return [complement([])];
  if (!cursor.take('(')) return undefined;
  skipSpace(cursor, true);
  const group = builder.add(readAlternatives(parser, depth + 1));
  if (!cursor.take(')')) cursor.refuse('")" is missing');
  return [group];
}

function readSet(cursor: Cursor): CharacterSet {
  const negated = cursor.take('^');
  const ranges: [number, number][] = [];
  while (!cursor.take(']')) {
    const low = readCharacter(cursor);
    const isRange = cursor.peek() === '-' && cursor.peek(1) !== ']';
    if (isRange) cursor.take('-');
    const high = isRange ? readCharacter(cursor) : low;
    if (high < low) cursor.refuse('a range of characters ends before it begins');
    ranges.push([low, high]);
  }
  if (ranges.length === 0) cursor.refuse('a set of no characters');
  const set = characterSet(ranges);
  return negated ? complement(set) : set;
}

/** `*`, `+`, `?`, `{n}`, `{n,}` or `{n,m}`. */
function readBounds(cursor: Cursor, depth: number): readonly [number, number] | undefined {
  if (cursor.ended() || !'*+?{'.includes(cursor.peek())) return undefined;
  const bounds = boundsAt(cursor, depth > 0);
  if (bounds !== undefined) skipSpace(cursor, depth > 0);
  return bounds;
}

function boundsAt(cursor: Cursor, acrossLines: boolean): readonly [number, number] {
  if (cursor.take('*')) return [0, Number.POSITIVE_INFINITY];
  if (cursor.take('+')) return [1, Number.POSITIVE_INFINITY];
  if (cursor.take('?')) return [0, 1];
  cursor.take('{');
  const space = (): void => skipSpace(cursor, acrossLines);
  space();
  const least = readCount(cursor);
  space();
  let most = least ?? 0;
  if (cursor.take(',')) {
    space();
    most = readCount(cursor) ?? Number.POSITIVE_INFINITY;
    space();
  }
  if (least === undefined || !cursor.take('}')) cursor.refuse('a repetition is not {n}, {n,} or {n,m}');
  if (most < (least ?? 0)) cursor.refuse('a repetition ends before it begins');
  return [least ?? 0, most];
}
