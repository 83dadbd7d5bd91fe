// Regular expressions in the notation of ECMAScript, which JSON Schema prescribes, read into a tree. Anchors are
// characters of their own: what is matched is a text between them. Not supported, and refused by name: references back,
// looking behind, word boundaries and properties of Unicode.

import { type Cursor, createCursor } from '../gbnf/cursor.ts';
import { type CharacterSet, characterSet, complement, refuseConstraint } from '../gbnf/grammar.ts';
import { escapedCharacter, namedSet } from './pattern-escape.ts';

/** Stand before and behind every text. */
export const textStart = 0x11_0000;
export const textEnd = 0x11_0001;

export type PatternTree =
  | { readonly type: 'characters'; readonly set: CharacterSet }
  | { readonly type: 'sequence' | 'choice'; readonly parts: readonly PatternTree[] }
  | { readonly type: 'repeat'; readonly part: PatternTree; readonly least: number; readonly most: number }
  | { readonly type: 'ahead'; readonly part: PatternTree; readonly negated: boolean };

const longestPattern = 4096;
const deepest = 32;
const mostRepetitions = 1000;

/** @throws TGL_CONSTRAINT_INVALID */
export function parsePattern(pattern: string): PatternTree {
  if (pattern.length > longestPattern)
    refuseConstraint(`a pattern has more than ${longestPattern} characters`);
  const cursor = createCursor(pattern, 'a pattern');
  const tree = readChoice(cursor, 0);
  if (!cursor.ended()) cursor.refuse('a bracket is closed that is not open');
  return tree;
}

function readChoice(cursor: Cursor, depth: number): PatternTree {
  if (depth > deepest) cursor.refuse(`nested deeper than ${deepest} levels`);
  const parts = [readSequence(cursor, depth)];
  while (cursor.take('|')) parts.push(readSequence(cursor, depth));
  return parts.length === 1 ? (parts[0] as PatternTree) : { type: 'choice', parts };
}

function readSequence(cursor: Cursor, depth: number): PatternTree {
  const parts: PatternTree[] = [];
  while (!cursor.ended() && cursor.peek() !== '|' && cursor.peek() !== ')') {
    const part = readPart(cursor, depth);
    const bounds = readQuantifier(cursor);
    parts.push(bounds === undefined ? part : { type: 'repeat', part, ...bounds });
  }
  return parts.length === 1 ? (parts[0] as PatternTree) : { type: 'sequence', parts };
}

function readPart(cursor: Cursor, depth: number): PatternTree {
  if (cursor.take('(')) return readGroup(cursor, depth);
  if (cursor.take('[')) return { type: 'characters', set: readClass(cursor) };
  if (cursor.take('^')) return { type: 'characters', set: [[textStart, textStart]] };
  if (cursor.take('$')) return { type: 'characters', set: [[textEnd, textEnd]] };
  if (cursor.take('.')) return { type: 'characters', set: namedSet('.') };
  if (cursor.take('\\')) return { type: 'characters', set: readEscape(cursor) };
  if ('*+?'.includes(cursor.peek())) cursor.refuse('nothing is repeated');
  const character = cursor.next() as number;
  return { type: 'characters', set: [[character, character]] };
}

function readGroup(cursor: Cursor, depth: number): PatternTree {
  const kind = cursor.match(/\?(?:[:=!]|<[A-Za-z_$][\w$]{0,99}>|<[=!])/y);
  if (kind === '' && cursor.peek() === '?') cursor.refuse('an unknown kind of group');
  if (kind === '?<=' || kind === '?<!') cursor.refuse('looking behind is not supported');
  const part = readChoice(cursor, depth + 1);
  if (!cursor.take(')')) cursor.refuse('")" is missing');
  return kind === '?=' || kind === '?!' ? { type: 'ahead', part, negated: kind === '?!' } : part;
}

function readClass(cursor: Cursor): CharacterSet {
  const negated = cursor.take('^');
  const ranges: (readonly [number, number])[] = [];
  while (!cursor.take(']')) {
    const low = readClassMember(cursor);
    const isRange = cursor.peek() === '-' && cursor.peek(1) !== ']' && cursor.peek(1) !== '';
    if (!isRange) {
      ranges.push(...low);
      continue;
    }
    cursor.take('-');
    const high = readClassMember(cursor);
    const [first, last] = [singleOf(low), singleOf(high)];
    // A dash beside a class stands for itself.
    if (first === undefined || last === undefined) ranges.push(...low, [0x2d, 0x2d], ...high);
    else if (last < first) cursor.refuse('a range of characters ends before it begins');
    else ranges.push([first, last]);
  }
  const set = characterSet(ranges);
  return negated ? complement(set) : set;
}

function readClassMember(cursor: Cursor): CharacterSet {
  if (cursor.take('\\')) return cursor.take('b') ? [[8, 8]] : readEscape(cursor);
  const character = cursor.next() ?? cursor.refuse('"]" is missing');
  return [[character, character]];
}

function singleOf(set: CharacterSet): number | undefined {
  const [range] = set;
  return set.length === 1 && range !== undefined && range[0] === range[1] ? range[0] : undefined;
}

function readEscape(cursor: Cursor): CharacterSet {
  const named = cursor.match(/[dDwWsS]/y);
  if (named !== '') return namedSet(named);
  const character = escapedCharacter(cursor);
  return [[character, character]];
}

function readQuantifier(cursor: Cursor): { readonly least: number; readonly most: number } | undefined {
  const bounds = boundsAt(cursor);
  // Lazy ones match the same texts.
  if (bounds !== undefined) cursor.take('?');
  return bounds;
}

function boundsAt(cursor: Cursor): { readonly least: number; readonly most: number } | undefined {
  if (cursor.take('*')) return { least: 0, most: Number.POSITIVE_INFINITY };
  if (cursor.take('+')) return { least: 1, most: Number.POSITIVE_INFINITY };
  if (cursor.take('?')) return { least: 0, most: 1 };
  const counted = cursor.match(/\{\d{1,9}(?:,\d{0,9})?\}/y);
  if (counted === '') return undefined;
  const [least = 0, most = least] = counted
    .slice(1, -1)
    .split(',')
    .map((digits) => (digits === '' ? Number.POSITIVE_INFINITY : Number(digits)));
  if (most < least) cursor.refuse('a repetition ends before it begins');
  if (least > mostRepetitions) cursor.refuse(`more than ${mostRepetitions} repetitions`);
  return {
    least,
    most: most > mostRepetitions && most !== Number.POSITIVE_INFINITY ? mostRepetitions : most,
  };
}
