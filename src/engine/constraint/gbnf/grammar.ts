// A context-free grammar over characters in its plainest form: rules of alternatives, alternatives of symbols, neither
// groups nor repetitions. What clients write is turned into this form before a native parser sees it, because that form
// cannot nest or multiply.
import { TiegelError } from '../../../base/index.ts';

/** Code points in ascending ranges that do not touch. */
export type CharacterSet = readonly (readonly [low: number, high: number])[];

/** A character, or the index of a rule. */
export type GrammarSymbol = number | CharacterSet;

export type Sequence = readonly GrammarSymbol[];

/** The first rule describes the whole. */
export type Grammar = { readonly rules: readonly (readonly Sequence[])[] };

/** What a grammar may come to when its repetitions are written out. */
export const grammarLimits = {
  /** Characters of a text in GBNF. */
  characters: 65_536,
  /** Groups within groups. */
  nesting: 64,
  rules: 10_000,
  /** Symbols, ends of ranges and alternatives of all rules together. */
  elements: 30_000,
  /** Rules of which each begins with the next one. */
  leftDepth: 500,
  /** Steps of a search for left recursion that follows every path. */
  leftPaths: 1_000_000,
  /** Places at which a text may stand in the grammar at the same time; each may look at a whole vocabulary. */
  stacks: 128,
} as const;

export const lastCodePoint = 0x10_ffff;

/** @throws TGL_CONSTRAINT_INVALID */
export function refuseConstraint(problem: string): never {
  throw new TiegelError('TGL_CONSTRAINT_INVALID', { problem });
}

/** Ranges in any order, which may overlap, in the form of a set. */
export function characterSet(ranges: CharacterSet): CharacterSet {
  const joined: [number, number][] = [];
  for (const [low, high] of ranges.toSorted(([one], [other]) => one - other)) {
    const last = joined.at(-1);
    if (last !== undefined && low <= last[1] + 1) last[1] = Math.max(last[1], high);
    else joined.push([low, high]);
  }
  return joined;
}

/** All other code points. */
export function complement(set: CharacterSet): CharacterSet {
  const others: [number, number][] = [];
  let next = 0;
  for (const [low, high] of set) {
    if (low > next) others.push([next, low - 1]);
    next = high + 1;
  }
  if (next <= lastCodePoint) others.push([next, lastCodePoint]);
  return others;
}

export function includes(set: CharacterSet, codePoint: number): boolean {
  let low = 0;
  let high = set.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const range = set[middle] as readonly [number, number];
    if (codePoint > range[1]) low = middle + 1;
    else if (codePoint < range[0]) high = middle;
    else return true;
  }
  return false;
}

/** The characters of a text, one after the other. */
export function literal(text: string): Sequence {
  return Array.from(text, (character) => {
    const codePoint = character.codePointAt(0) as number;
    return [[codePoint, codePoint]];
  });
}
