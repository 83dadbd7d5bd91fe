// Escapes in regular expressions, without those for places and earlier groups.
import type { Cursor } from '../gbnf/cursor.ts';
import { type CharacterSet, characterSet, complement, lastCodePoint } from '../gbnf/grammar.ts';

const digits: CharacterSet = [[0x30, 0x39]];
const wordCharacters: CharacterSet = characterSet([
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
]);
const whiteSpace: CharacterSet = characterSet([
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
]);
const lineEnds: CharacterSet = characterSet([
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
]);

const sets: ReadonlyMap<string, CharacterSet> = new Map([
  ['d', digits],
  ['D', complement(digits)],
  ['w', wordCharacters],
  ['W', complement(wordCharacters)],
  ['s', whiteSpace],
  ['S', complement(whiteSpace)],
  ['.', complement(lineEnds)],
]);

/** What `\d` and its like, or a dot, stand for. */
export function namedSet(name: string): CharacterSet {
  return sets.get(name) as CharacterSet;
}

const controls: ReadonlyMap<string, number> = new Map([
  ['t', 9],
  ['n', 10],
  ['v', 11],
  ['f', 12],
  ['r', 13],
]);

const unsupported: readonly (readonly [RegExp, string])[] = [
  [/b|B/y, 'word boundaries are not supported'],
  [/[1-9]|k/y, 'references back are not supported'],
  [/p|P/y, 'properties of Unicode are not supported'],
];

/** The character that an escape behind its backslash stands for. */
export function escapedCharacter(cursor: Cursor): number {
  for (const [pattern, problem] of unsupported)
    if (cursor.match(new RegExp(pattern)) !== '') cursor.refuse(problem);
  const hexadecimal = cursor.match(/x[0-9a-f]{2}|u[0-9a-f]{4}|u\{[0-9a-f]{1,6}\}/iy);
  if (hexadecimal !== '' && /^[xu]/.test(hexadecimal)) {
    const codePoint = Number.parseInt(hexadecimal.replaceAll(/[xu{}]/g, ''), 16);
    return codePoint <= lastCodePoint ? codePoint : cursor.refuse('an escape names no character');
  }
  const character = cursor.peek();
  const control = controls.get(character);
  if (character === '' || (control === undefined && /[A-Za-z1-9]/.test(character)))
    cursor.refuse(`the escape ${JSON.stringify(`\\${character}`)} is unknown`);
  const itself = cursor.next() as number;
  return character === '0' ? 0 : (control ?? itself);
}
