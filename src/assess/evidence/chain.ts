// One line of evidence: a JSON object whose first member is the SHA-256 of the line before, which chains the file. A
// line has one spelling only, so that a changed byte cannot hide in a different way of writing the same.
import { type Digest, digestOf, type Json } from '../../base/index.ts';

export type ChainLine = { readonly type: string; readonly [key: string]: Json };

/** The first line has this in place of the digest of a line before it. */
export const firstPrevious: string = '0'.repeat(64);

/** The text of a line. Not canonical JSON, which refuses lone surrogates, and models do produce them. */
export function lineText(previous: string, line: ChainLine): string {
  return JSON.stringify({ previous, ...line });
}

/** The lines of a file up to its last line break, and how many bytes they take. */
export function completeLines(bytes: Buffer): { readonly lines: readonly Buffer[]; readonly length: number } {
  const lines: Buffer[] = [];
  let from = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, from)) {
    lines.push(bytes.subarray(from, at));
    from = at + 1;
  }
  return { lines, length: from };
}

/** The object that a line holds, or what is wrong with it. */
export function parseLine(bytes: Buffer): ChainLine | string {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch {
    return 'it is not JSON';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'it is not an object';
  if (!Buffer.from(JSON.stringify(value)).equals(bytes)) return 'it is not written as evidence is';
  if (typeof (value as { type?: unknown }).type !== 'string') return 'it has no type';
  return value as ChainLine;
}

export type ChainedLines =
  | { readonly sound: true; readonly lines: readonly ChainLine[]; readonly last: string }
  | { readonly sound: false; readonly line: number; readonly problem: string };

/** The lines, if each follows the one before; lines are counted from 1. */
export function chainedLines(texts: readonly Buffer[]): ChainedLines {
  const lines: ChainLine[] = [];
  let previous: string | Digest = firstPrevious;
  for (const [index, text] of texts.entries()) {
    const line = parseLine(text);
    if (typeof line === 'string') return { sound: false, line: index + 1, problem: line };
    if (line.previous !== previous) {
      const problem = index === 0 ? 'it is not a first line' : 'it does not follow the line before';
      return { sound: false, line: index + 1, problem };
    }
    previous = digestOf(text);
    lines.push(line);
  }
  return { sound: true, lines, last: previous };
}
