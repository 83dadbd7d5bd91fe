// One text per value, and a sentence on what is wrong with every other.
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { type Json, TiegelError } from '../../base/index.ts';
import {
  finite,
  members,
  parseOrRefuse,
  parseStrictJson,
  readStrictJson,
  strictJson,
  text,
  time,
} from './strict-json.ts';

const directory = mkdtempSync(join(tmpdir(), 'tiegel-strict-'));
afterAll(() => rmSync(directory, { recursive: true }));

const refuse = (problem: string): never => {
  throw new Error(problem);
};
const parse = (bytes: string | Uint8Array): Json =>
  parseStrictJson(typeof bytes === 'string' ? Buffer.from(bytes) : bytes, refuse);
function isRead(bytes: string): boolean {
  try {
    parse(bytes);
    return true;
  } catch {
    return false;
  }
}

/** That many brackets around a number. */
const nested = (levels: number): Json => (levels === 0 ? 1 : [nested(levels - 1)]);

describe('the text of a value', () => {
  test('reads back as the value, and is the only one that does', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 4 }),
        fc.nat(),
        fc.constantFrom(' ', '\n', '\t'),
        (value, at, space) => {
          const whole = strictJson(value as Json);
          expect(parse(whole)).toEqual(JSON.parse(JSON.stringify(value)));
          const place = at % (whole.length + 1);
          const changed = `${whole.slice(0, place)}${space}${whole.slice(place)}`;
          // Within a text it is another value's one text.
          if (isRead(changed)) expect(parse(changed)).not.toEqual(parse(whole));
        },
      ),
    );
  });

  test('sorts keys, has two spaces and a newline at its end', () => {
    expect(strictJson({ b: 1, a: [] })).toBe('{\n  "a": [],\n  "b": 1\n}\n');
  });

  test.each([
    ['{"b":1,"a":2}', 'its text is not the canonical one'],
    ['{\n  "a": 1,\n  "a": 1\n}\n', 'its text is not the canonical one'],
    ['\ufeff1\n', 'it is not JSON'],
    ['{', 'it is not JSON'],
    ['', 'it is not JSON'],
  ])('is refused where it is another: %j', (bytes, problem) => {
    expect(() => parse(bytes)).toThrow(problem);
  });

  test('is UTF-8 and at most sixteen levels deep', () => {
    expect(() => parse(Uint8Array.of(0x22, 0xff, 0x22, 10))).toThrow('it is not UTF-8');
    expect(parse(strictJson(nested(16)))).toEqual(nested(16));
    expect(() => parse(strictJson(nested(17)))).toThrow('it is nested more than 16 levels deep');
    const object = { a: { b: null } };
    expect(parse(strictJson(object))).toEqual(object);
  });
});

describe('a file', () => {
  test('that is not there has no value', () => {
    expect(readStrictJson(join(directory, 'none'), 100, refuse)).toBeUndefined();
  });

  test('is read up to its limit', () => {
    const path = join(directory, 'a.json');
    writeFileSync(path, strictJson('abc'));
    expect(readStrictJson(path, 6, refuse)).toBe('abc');
    expect(() => readStrictJson(path, 5, refuse)).toThrow('it has 6 bytes; at most 5 are allowed');
    truncateSync(path, 3);
    expect(() => readStrictJson(path, 6, refuse)).toThrow('it is not JSON');
  });

  test('that is none, or cannot be opened, is refused', () => {
    expect(() => readStrictJson(directory, 100, refuse)).toThrow('it is not a file');
    expect(() => readStrictJson(join(directory, 'a.json', 'b'), 100, refuse)).toThrow(
      'it cannot be opened (ENOTDIR)',
    );
  });
});

describe('members', () => {
  test('are exactly those that are expected, in any order', () => {
    expect(members({ b: 1, a: 2 }, 'x', ['a', 'b'], refuse)).toEqual({ b: 1, a: 2 });
    for (const value of [{ a: 1 }, { a: 1, b: 2, c: 3 }, {}])
      expect(() => members(value, 'x', ['a', 'b'], refuse)).toThrow(/^x has the keys .*; expected a, b$/);
    const many = Object.fromEntries(Array.from({ length: 99 }, (_, index) => [`k${index}`, 1]));
    expect(() => members(many, 'x', ['a'], refuse)).toThrow(/^x has the keys .{100}; expected a$/);
  });

  test.each([null, 'a', 3, [1], undefined])('are not those of %j', (value) => {
    expect(() => members(value, 'x', [], refuse)).toThrow('x is not an object');
  });

  test('that are texts have a length', () => {
    expect(text('abc', 'x', 3, refuse)).toBe('abc');
    expect(() => text('abc', 'x', 2, refuse)).toThrow('x is longer than 2 characters');
    expect(() => text(3, 'x', 2, refuse)).toThrow('x is not a text');
  });

  test('that are numbers are finite', () => {
    expect(finite(0, 'x', refuse)).toBe(0);
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, '1', null])
      expect(() => finite(value, 'x', refuse)).toThrow('x is not a number');
  });

  test('that are times have one spelling', () => {
    const now = '2026-11-30T12:00:00.000Z';
    expect(time(now, 'x', refuse)).toBe(now);
    for (const value of ['2026-11-30', '2026-11-30T12:00:00Z', 'soon', 0, null, '2026-02-30T12:00:00.000Z'])
      expect(() => time(value, 'x', refuse)).toThrow('x is not a time in ISO 8601');
  });

  test('that a parser refuses are refused in its words, where it has some', () => {
    expect(parseOrRefuse(() => 3, refuse)).toBe(3);
    const error = new TiegelError('TGL_MODEL_NAME_INVALID', { received: '"A"' });
    const refused = (parse: () => never) => () => parseOrRefuse(parse, refuse);
    expect(
      refused(() => {
        throw error;
      }),
    ).toThrow(error.message);
    expect(
      refused(() => {
        throw new RangeError('x');
      }),
    ).toThrow('it cannot be read');
  });
});
