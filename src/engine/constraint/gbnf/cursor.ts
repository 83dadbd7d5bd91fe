// A place in a text, and the smallest parts of GBNF that are read there.
import { grammarLimits, lastCodePoint, refuseConstraint } from './grammar.ts';

export type Cursor = {
  readonly ended: () => boolean;
  /** The character so many code units ahead; empty at the end. */
  readonly peek: (ahead?: number) => string;
  /** Goes on behind this text where it stands here. */
  readonly take: (text: string) => boolean;
  /** Goes on behind what a sticky pattern finds here. */
  readonly match: (pattern: RegExp) => string;
  /** Goes on behind the code point that stands here. */
  readonly next: () => number | undefined;
  /** @throws TGL_CONSTRAINT_INVALID that names the line */
  readonly refuse: (problem: string) => never;
};

/** @param whole what the text is, for messages */
export function createCursor(text: string, whole = 'the grammar'): Cursor {
  let place = 0;
  return {
    ended: () => place >= text.length,
    peek: (ahead = 0) => text.charAt(place + ahead),
    take: (wanted) => {
      if (!text.startsWith(wanted, place)) return false;
      place += wanted.length;
      return true;
    },
    match: (pattern) => {
      pattern.lastIndex = place;
      const [found = ''] = pattern.exec(text) ?? [];
      place += found.length;
      return found;
    },
    next: () => {
      const codePoint = text.codePointAt(place);
      if (codePoint !== undefined) place += codePoint > 0xffff ? 2 : 1;
      return codePoint;
    },
    refuse: (problem) => {
      const line = text.slice(0, place).split('\n').length;
      return refuseConstraint(`${problem} in line ${line} of ${whole}`);
    },
  };
}

const spaces = ' \t\r\n#';

export function skipSpace(cursor: Cursor, acrossLines: boolean): void {
  if (!spaces.includes(cursor.peek())) return;
  cursor.match(acrossLines ? /(?:[ \t\r\n]|#[^\r\n]*)+/y : /(?:[ \t]|#[^\r\n]*)+/y);
}

export function readName(cursor: Cursor): string {
  const name = cursor.match(/[\w-]+/y);
  if (name === '') cursor.refuse(`the name of a rule is expected, not ${JSON.stringify(cursor.peek())}`);
  if (name.length > 256) cursor.refuse('the name of a rule has more than 256 characters');
  return name;
}

/** Undefined where none stands. */
export function readCount(cursor: Cursor): number | undefined {
  const digits = cursor.match(/[0-9]+/y);
  if (digits === '') return undefined;
  const significant = digits.replace(/^0+/, '');
  if (significant.length > 9 || Number(significant) > grammarLimits.elements)
    cursor.refuse(`more than ${grammarLimits.elements} repetitions`);
  return Number(significant);
}

/** Characters behind a backslash that stand for themselves or for another one. */
const escapes: ReadonlyMap<string, number> = new Map([
  ...[...'\\"[]-'].map((character) => [character, character.charCodeAt(0)] as const),
  ['t', 9],
  ['n', 10],
  ['r', 13],
]);

/** The hexadecimal digits that follow. */
function digitsBehind(kind: string): RegExp | undefined {
  if (kind === 'x') return /[0-9a-f]{2}/iy;
  if (kind === 'u') return /[0-9a-f]{4}/iy;
  return kind === 'U' ? /[0-9a-f]{8}/iy : undefined;
}

/** A character of a literal or of a set, with its escapes. */
export function readCharacter(cursor: Cursor): number {
  if (!cursor.take('\\'))
    return cursor.next() ?? cursor.refuse('a literal or a set of characters is not closed');
  const kind = cursor.peek();
  cursor.next();
  const plain = escapes.get(kind);
  if (plain !== undefined) return plain;
  const pattern = digitsBehind(kind) ?? cursor.refuse(`the escape ${JSON.stringify(`\\${kind}`)} is unknown`);
  const digits = cursor.match(pattern);
  if (digits === '') cursor.refuse('hexadecimal digits are missing');
  const codePoint = Number.parseInt(digits, 16);
  if (codePoint > lastCodePoint) cursor.refuse('an escape names no character');
  return codePoint;
}
