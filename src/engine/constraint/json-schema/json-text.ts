// The parts of a JSON text that every schema is made of, as rules that are made when they are first needed.
import { type CharacterSet, characterSet, complement, literal, type Sequence } from '../gbnf/grammar.ts';
import type { GrammarBuilder } from '../gbnf/grammar-builder.ts';

export type JsonText = {
  /** White space, so little that a model cannot lose itself in it. */
  readonly space: () => number;
  /** One character of a string, as it is or escaped; a pair of escaped surrogates is one. */
  readonly character: () => number;
  readonly string: () => number;
  readonly integer: () => number;
  readonly number: () => number;
  /** Any value. */
  readonly value: () => number;
  readonly digits: (least: number, most: number) => Sequence;
};

const set = (...ranges: CharacterSet): CharacterSet => characterSet(ranges);
const digit = set([0x30, 0x39]);
const nonZero = set([0x31, 0x39]);
const hexadecimal = set([0x30, 0x39], [0x41, 0x46], [0x61, 0x66]);
const letterD = set([0x44, 0x44], [0x64, 0x64]);

/** Characters that may stand in a string as they are; control characters and half surrogates may not. */
export const plainCharacters: CharacterSet = complement(
  characterSet([
    [0, 0x1f],
    [0x22, 0x22],
    [0x5c, 0x5c],
    [0x7f, 0x7f],
    [0xd800, 0xdfff],
  ]),
);

export const quote: Sequence = literal('"');

/** Digits of an integer that a JSON parser keeps. */
export const longestInteger = 15;
const longestFraction = 16;

export function createJsonText(builder: GrammarBuilder): JsonText {
  const made = new Map<string, number>();
  const once = (name: string, alternatives: () => readonly Sequence[]) => (): number => {
    const known = made.get(name);
    if (known !== undefined) return known;
    const rule = builder.reserve();
    made.set(name, rule);
    builder.define(rule, alternatives());
    return rule;
  };
  const digits = (least: number, most: number): Sequence => builder.repeat([digit], least, most);

  const space = once('space', () => [
    [],
    literal(' '),
    [...literal('\n'), ...builder.repeat([set([9, 9], [0x20, 0x20])], 0, 20)],
  ]);
  const character = once('character', () => [
    [plainCharacters],
    [...literal('\\'), characterSet(Array.from('"\\/bfnrt', (letter) => codePointsOf(letter)))],
    [
      ...literal('\\u'),
      set([0x30, 0x39], [0x41, 0x43], [0x45, 0x46], [0x61, 0x63], [0x65, 0x66]),
      ...hexadecimals(3),
    ],
    [...literal('\\u'), letterD, set([0x30, 0x37]), ...hexadecimals(2)],
    [
      ...literal('\\u'),
      letterD,
      set([0x38, 0x39], [0x41, 0x42], [0x61, 0x62]),
      ...hexadecimals(2),
      lowSurrogate(),
    ],
  ]);
  const lowSurrogate = once('low-surrogate', () => [
    [...literal('\\u'), letterD, set([0x43, 0x46], [0x63, 0x66]), ...hexadecimals(2)],
  ]);
  const string = once('string', () => [
    [...quote, ...builder.repeat([character()], 0, Number.POSITIVE_INFINITY), ...quote],
  ]);
  const magnitude = once('magnitude', () => [literal('0'), [nonZero, ...digits(0, longestInteger - 1)]]);
  const integer = once('integer', () => [[magnitude()], [...literal('-'), magnitude()]]);
  const number = once('number', () => {
    const fraction = builder.add([[], [...literal('.'), ...digits(1, longestFraction)]]);
    const sign = builder.add([[], [set([0x2b, 0x2b], [0x2d, 0x2d])]]);
    const exponent = builder.add([[], [set([0x45, 0x45], [0x65, 0x65]), sign, ...digits(1, 2)]]);
    return [[integer(), fraction, exponent]];
  });
  const value: () => number = once('value', () => {
    const list = (open: string, item: Sequence, close: string): Sequence => {
      const more = builder.repeat([...literal(','), space(), ...item], 0, Number.POSITIVE_INFINITY);
      const inside = builder.add([[], [...item, ...more, space()]]);
      return [...literal(open), space(), inside, ...literal(close)];
    };
    const member = [string(), ...literal(':'), space(), value()];
    return [
      list('{', member, '}'),
      list('[', [value()], ']'),
      [string()],
      [number()],
      ...['true', 'false', 'null'].map(literal),
    ];
  });
  return { space, character, string, integer, number, value, digits };
}

function hexadecimals(count: number): Sequence {
  return Array.from({ length: count }, () => hexadecimal);
}

function codePointsOf(letter: string): readonly [number, number] {
  const codePoint = letter.codePointAt(0) as number;
  return [codePoint, codePoint];
}
