import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openBestLibrary } from '../../llama/ffi/library.ts';
import { createTextMatcher, type TextMatcher } from '../../llama/ffi/text-matcher.ts';
import { compileConstraint } from '../compile-constraint.ts';
import { officialCases } from './official-cases.ts';

// The runtime's own parser and matcher are the oracle.
let matcher: TextMatcher;
beforeAll(() => {
  matcher = createTextMatcher(openBestLibrary('cpu'));
});

const compile = (schema: Record<string, unknown>): string =>
  compileConstraint({ type: 'json-schema', schema });

function matches(schema: Record<string, unknown>, text: string): boolean {
  return matcher.read(compile(schema)).accepts(text);
}

function problemOf(schema: Record<string, unknown>): unknown {
  try {
    compile(schema);
    return undefined;
  } catch (error) {
    return (error as { details: { problem: unknown } }).details.problem;
  }
}

const person = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer' }, tags: { items: { enum: ['a', 'b'] } } },
  required: ['name'],
  additionalProperties: false,
};
const two = { type: 'object', properties: { a: { const: 1 }, b: { const: 2 } } };
const open = { ...two, required: ['b'], additionalProperties: { type: 'boolean' } };

describe('jsonSchemaGrammar', () => {
  test.each([
    [person, ['{"name":"Ada"}', '{"name":"Ada","tags":[]}'], ['{"age":36}', '{"name":"Ada","age":3.5}']],
    [person, ['{"name": "A\\"d\\u00e4", "age": 36, "tags": ["a", "b"]}'], ['{"name":"Ada","tags":["c"]}']],
    [person, ['{\n  "name": "Ada",\n  "age": 36\n}'], ['{"name":"Ada","other":1}', '{"name":"Ada"} ']],
    [
      two,
      ['{}', '{"a":1}', '{"b":2}', '{"a":1,"b":2}'],
      ['{,"b":2}', '{"b":2,"a":1}', '{"a":1,}', '{"c":1}'],
    ],
    [
      open,
      ['{"b":2}', '{"a":1,"b":2,"c":true,"":false}'],
      ['{"a":1}', '{"b":2,"a":true}', '{"b":2,"\\u0061":true}'],
    ],
    [{ required: ['x'] }, ['{"x":[1]}', '{"x":null,"y":1}'], ['{}', '{"y":1}']],
    [
      { type: 'object', additionalProperties: { type: 'boolean' } },
      ['{"x":true,"y":false}', '{}'],
      ['{"x":1}', '{"x":true,}'],
    ],
    [{}, ['{"any":[1,-2.5e3,null,{"x":"y"}]}', '"\\ud83d\\ude00"'], ['{"any":01}', '"\\ud83d"', '[1,]']],
    [{ type: ['string', 'null'] }, ['null', '"x"'], ['1']],
    [
      { type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 3 },
      ['[1,2]', '[1,2,3]'],
      ['[1]', '[1,2,3,4]'],
    ],
    [{ type: 'array', maxItems: 0 }, ['[]'], ['[1]']],
    [
      { prefixItems: [{ const: 1 }, { const: 2 }], items: { const: 3 } },
      ['[1,2]', '[1,2,3,3]'],
      ['[1]', '[1,2,1]'],
    ],
    [{ prefixItems: [{ const: 1 }, { const: 2 }] }, ['[1,2]'], ['[1,2,3]']],
    [
      { prefixItems: [{ const: 1 }, { const: 2 }], items: { const: 3 }, minItems: 3, maxItems: 4 },
      ['[1,2,3]'],
      ['[1,2]', '[1,2,3,3,3]'],
    ],
    [
      { type: 'string', minLength: 1, maxLength: 2 },
      ['"Äx"', '"😀\\n"'],
      ['""', '"abc"', '"\\ud83d\\ude00ab"'],
    ],
    [{ const: { a: ['"', '\\'] } }, ['{"a":["\\"","\\\\"]}'], ['{}']],
    [{ anyOf: [{ type: 'integer' }, { const: 'none' }] }, ['"none"', '12'], ['"other"']],
    [{ type: 'integer', enum: [1, 2.5, 'a', 30], minimum: 2 }, ['30'], ['1', '2.5', '"a"']],
    [
      { type: 'string', maxLength: 3, anyOf: [{ minLength: 2 }, { type: 'number' }] },
      ['"ab"', '"abc"'],
      ['"a"', '"abcd"', '1'],
    ],
    [
      { $ref: '#/$defs/a', minLength: 2, $defs: { a: { type: 'string', maxLength: 3 } } },
      ['"ab"'],
      ['"a"', '"abcd"'],
    ],
    [
      { oneOf: [{ required: ['kind'], properties: { kind: { const: 'x' } } }, { type: 'null' }] },
      ['{"kind":"x"}', 'null'],
      ['{}'],
    ],
    [
      {
        allOf: [
          { properties: { a: { minimum: 1 } }, required: ['a'] },
          { properties: { a: { maximum: 2 }, b: { const: 0 } } },
        ],
        type: 'object',
      },
      ['{"a":2}', '{"a":1,"b":0}', '{"a":1.5}'],
      ['{"a":3}', '{"a":0}', '{"b":0}'],
    ],
    [
      { allOf: [{ properties: { a: {} }, additionalProperties: false }, { properties: { b: {} } }] },
      ['{"a":1}', '{}'],
      ['{"b":1}', '{"a":1,"b":1}'],
    ],
    [
      { properties: { __proto__x: { const: 1 }, constructor: { const: 2 } } },
      ['{"constructor":2}'],
      ['{"toString":2}'],
    ],
    [JSON.parse('{"properties":{"__proto__":{"const":1}}}'), ['{"__proto__":1}', '{}'], ['{"__proto__":2}']],
    [{ type: 'string', format: 'unheard-of' }, ['"anything"'], ['1']],
  ])('%j', (schema, accepted, refused) => {
    for (const text of accepted) expect([text, matches(schema, text)]).toEqual([text, true]);
    for (const text of refused) expect([text, matches(schema, text)]).toEqual([text, false]);
  });

  test.each([
    [{ minimum: 3 }, ['3', '3.0', '3.5', '40', '123456'], ['2.9', '-4', '2']],
    [
      { minimum: -1.25, maximum: 10 },
      ['-1.25', '-1', '0', '-0.5', '9.99', '10', '10.0'],
      ['-1.26', '10.01', '11', '-2'],
    ],
    [
      { exclusiveMinimum: 0, exclusiveMaximum: 1 },
      ['0.5', '0.001', '0.99'],
      ['0', '1', '0.0', '-0.1', '1.0'],
    ],
    [{ exclusiveMaximum: 0 }, ['-0.1', '-5'], ['0', '-0', '1', '-0.0']],
    [{ maximum: -3.5 }, ['-3.5', '-3.50', '-4', '-100.25'], ['-3.49', '-3', '0']],
    [{ minimum: 1.5, maximum: 1.5 }, ['1.5', '1.50'], ['1.51', '1', '1.49']],
    [{ minimum: 0.1, maximum: 0.15 }, ['0.1', '0.12', '0.15'], ['0', '0.09', '0.151', '0.2']],
  ])('numbers within %j', (bounds, accepted, refused) => {
    const schema = { type: 'number', ...bounds };
    for (const text of accepted) expect([text, matches(schema, text)]).toEqual([text, true]);
    for (const text of refused) expect([text, matches(schema, text)]).toEqual([text, false]);
  });

  test('integers within bounds, each one', () => {
    for (const [minimum, maximum] of [
      [0, 0],
      [-7, 12],
      [95, 1005],
      [-120, -99],
      [8, 11],
      [-1, 0],
    ] as const) {
      const grammar = matcher.read(compile({ type: 'integer', minimum, maximum }));
      for (let value = -1100; value <= 1100; value++)
        expect([value, grammar.accepts(String(value))]).toEqual([
          value,
          value >= minimum && value <= maximum,
        ]);
    }
    expect(matches({ type: 'integer', exclusiveMinimum: 3, exclusiveMaximum: 5 }, '4')).toBe(true);
    expect(matches({ type: 'integer', exclusiveMinimum: 3, exclusiveMaximum: 5 }, '5')).toBe(false);
    expect(matches({ type: 'integer', minimum: 2.5 }, '2')).toBe(false);
    expect(matches({ type: 'integer', minimum: -9007199254740991, maximum: 9007199254740991 }, '-12')).toBe(
      true,
    );
  });

  test.each([
    ['^abc?d*efg+(hij)?kl$', ['abefgkl', 'abcddefgghijkl'], ['abcdefkl', 'xabefgkl']],
    ['^\\[\\]\\{\\}\\(\\)\\|\\+\\*\\?$', ['[]{}()|+*?'], ['[]']],
    ['^"$', ['"'], ['']],
    ['b', ['abc', 'b'], ['', 'ac']],
    ['^(?:a|b{2})+?$', ['a', 'bba'], ['b', '']],
    ['^(\\([0-9]{1,3}\\))?[0-9]{3}-[0-9]{4} a{3,5}nd...$', ['(123)456-7890 aaand!!!'], ['456-7890 and!!!']],
    ['^\\S+\\s\\w$', ['a\tb', 'é _'], ['ab', ' b']],
    ['^[^a-c\\d]$', ['x', '\n', '😀'], ['a', '5']],
    ['^(?=.*x)(?!.*yy)[xyz]*$', ['x', 'yxy', 'zzx'], ['y', 'xyy']],
    ['^\\u00e4\\x41\\/$', ['äA/'], ['ä']],
    ['^$|^-$', ['', '-'], ['x']],
  ])('the pattern %s', (pattern, accepted, refused) => {
    const schema = { type: 'string', pattern };
    for (const text of accepted) expect([text, new RegExp(pattern, 'su').test(text)]).toEqual([text, true]);
    for (const text of accepted) expect([text, matches(schema, JSON.stringify(text))]).toEqual([text, true]);
    for (const text of refused) expect([text, matches(schema, JSON.stringify(text))]).toEqual([text, false]);
  });

  test('patterns and lengths together', () => {
    const schema = {
      type: 'string',
      pattern: '^[a-z]+$',
      minLength: 2,
      maxLength: 4,
      allOf: [{ pattern: 'x' }],
    };
    const judged = ['"xy"', '"abxd"', '"x"', '"abcx"', '"abcdx"', '"ab"'].map((text) =>
      matches(schema, text),
    );
    expect(judged).toEqual([true, true, false, true, false, false]);
  });

  test('follows references, also to itself', () => {
    const tree = {
      $ref: '#/$defs/node',
      $defs: {
        node: {
          type: 'object',
          properties: {
            value: { type: 'integer' },
            next: { anyOf: [{ $ref: '#/$defs/node', description: 'the rest' }, { type: 'null' }] },
          },
          required: ['value', 'next'],
        },
      },
    };
    expect(matches(tree, '{"value":1,"next":{"value":2,"next":null}}')).toBe(true);
    expect(matches(tree, '{"value":1,"next":{"value":2}}')).toBe(false);
  });

  test.each([
    [{ type: 'string', pattern: '(a)\\1' }, 'references back are not supported in line 1 of a pattern'],
    [{ type: 'string', pattern: '\\bword' }, 'word boundaries are not supported in line 1 of a pattern'],
    [{ type: 'string', pattern: '(?<=a)b' }, 'looking behind is not supported in line 1 of a pattern'],
    [{ type: 'string', pattern: '(a' }, '")" is missing in line 1 of a pattern'],
    [{ type: 'string', pattern: '^a$', maxLength: 0 }, 'no text matches its patterns and bounds'],
    [{ type: 'string', pattern: 7 }, 'pattern is not a string at #'],
    [
      { properties: { a: { multipleOf: 3, type: 'number' } } },
      'the keyword multipleOf is not supported here at #/properties/a',
    ],
    [{ type: 'object', patternProperties: {} }, 'the keyword patternProperties is not supported here at #'],
    [{ not: {} }, 'the keyword not is not supported here at #'],
    [{ type: 'array', uniqueItems: true }, 'the keyword uniqueItems is not supported here at #'],
    [{ type: 'integer', minimum: 4, maximum: 3 }, 'no value satisfies the schema at #'],
    [{ type: 'integer', minimum: '4' }, 'minimum is not a number at #'],
    [{ type: 'number', minimum: 1e-7 }, 'a bound of more digits than 15, 1e-7, at #'],
    [{ type: 'wish' }, 'the type "wish" is unknown at #'],
    [{ type: '__proto__' }, 'the type "__proto__" is unknown at #'],
    [{ type: 'constructor' }, 'the type "constructor" is unknown at #'],
    [{ type: [] }, 'the type of none is unknown at #'],
    [{ $ref: 'https://example.org/schema' }, '$ref leads elsewhere at #'],
    [{ $ref: '#/$defs/absent' }, 'not a schema at #/$defs/absent'],
    [{ $ref: '#/%' }, 'not a schema at #/%'],
    [{ $ref: '#/__proto__' }, 'not a schema at #/__proto__'],
    [{ $ref: '#' }, 'deeper than 32 levels at #'],
    [{ properties: { a: { $ref: '#' } }, required: ['a'] }, 'the rule root describes no text that ends'],
    [{ type: 'object', required: ['a'], additionalProperties: false }, 'no value satisfies the schema at #'],
    [{ allOf: [{ type: 'object' }, { type: 'string' }] }, 'no value satisfies the schema at #'],
    [{ allOf: [] }, 'allOf is not a list of schemas at #'],
    [{ anyOf: {} }, 'anyOf is not a list of schemas at #'],
  ])('refuses %j', (schema, problem) => {
    expect(problemOf(schema)).toBe(problem);
  });
});

describe('official cases of the conversion in llama.cpp', () => {
  test.each(officialCases)('$name', ({ schema, accepted, refused }) => {
    for (const text of accepted) expect([text, matches(schema, text)]).toEqual([text, true]);
    for (const text of refused) expect([text, matches(schema, text)]).toEqual([text, false]);
  });
});

describe('formats', () => {
  test.each([
    ['date', z.iso.date(), ['2024-02-29', '1999-12-31'], ['2023-02-29', '2024-13-01', '24-01-01']],
    ['time', undefined, ['23:59:59Z', '00:00:00.5+01:00'], ['24:00:00Z', '12:00']],
    [
      'date-time',
      z.iso.datetime({ offset: true }),
      ['2024-05-06T07:08:09Z'],
      ['2024-05-06', '2024-02-30T00:00:00Z'],
    ],
    ['duration', z.iso.duration(), ['P3W', 'P1Y2M', 'PT5S', 'P1DT1H'], ['P', 'PT', '3W']],
    ['uuid', z.guid(), ['123e4567-e89b-12d3-a456-426614174000'], ['123e4567']],
    ['email', z.email(), ['a.b+c@example.org'], ['a@b', '.a@example.org', 'a..b@example.org']],
    ['ipv4', z.ipv4(), ['127.0.0.1', '255.255.255.255'], ['256.0.0.1', '1.2.3']],
    ['ipv6', z.ipv6(), ['::1', '2001:db8::8a2e:370:7334', '1:2:3:4:5:6:7:8'], ['1::2::3', '12345::']],
    ['hostname', z.hostname(), ['example.org', 'localhost'], ['-a.org', 'a..b']],
    ['uri', z.url(), ['https://example.org/a?b=c#d', 'http://x-y.example.org'], ['example.org', 'https://']],
  ])('%s', (format, validator, accepted, refused) => {
    for (const text of accepted) {
      expect([text, matches({ type: 'string', format }, JSON.stringify(text))]).toEqual([text, true]);
      if (validator !== undefined) expect([text, validator.safeParse(text).success]).toEqual([text, true]);
    }
    for (const text of refused)
      expect([text, matches({ type: 'string', format }, JSON.stringify(text))]).toEqual([text, false]);
  });

  const samples = {
    datetime: [z.iso.datetime(), '2024-05-06T07:08:09Z'],
    date: [z.iso.date(), '2024-02-29'],
    time: [z.iso.time(), '07:08:09.5'],
    duration: [z.iso.duration(), 'P1DT2H'],
    email: [z.email(), 'ada@example.org'],
    uuid: [z.uuid(), '123e4567-e89b-42d3-a456-426614174000'],
    guid: [z.guid(), '123e4567-e89b-12d3-a456-426614174000'],
    url: [z.url(), 'https://example.org/'],
    nanoid: [z.nanoid(), 'V1StGXR8_Z5jdHi6B-myT'],
    cuid: [z.cuid(), 'cjld2cjxh0000qzrmn831i7rn'],
    cuid2: [z.cuid2(), 'tz4a98xxat96iws9zmbrgj3a'],
    ulid: [z.ulid(), '01ARZ3NDEKTSV4RRFFQ69G5FAV'],
    ipv4: [z.ipv4(), '10.0.0.1'],
    ipv6: [z.ipv6(), 'fe80::1'],
    cidrv4: [z.cidrv4(), '10.0.0.0/8'],
    cidrv6: [z.cidrv6(), 'fe80::/10'],
    base64: [z.base64(), 'aGk='],
    base64url: [z.base64url(), 'aGk'],
    e164: [z.e164(), '+491701234567'],
    mac: [z.mac(), '00:1A:2B:3C:4D:5E'],
    int: [z.int(), -12],
    int32: [z.int32(), 2147483647],
    uint32: [z.uint32(), 4294967295],
    float32: [z.float32(), 1.5],
    'bounded string': [
      z
        .string()
        .min(1)
        .max(8)
        .regex(/^[a-z]+$/),
      'abc',
    ],
    tuple: [z.tuple([z.string(), z.number()]), ['a', 1.5]],
    record: [z.record(z.string(), z.number()), { a: 1 }],
    union: [
      z.discriminatedUnion('type', [
        z.object({ type: z.literal('a') }),
        z.object({ type: z.literal('b'), n: z.int() }),
      ]),
      { type: 'b', n: 1 },
    ],
    'optional and nullable': [
      z.object({ a: z.string().nullable(), b: z.number().min(0).max(1).optional() }),
      { a: null, b: 0.25 },
    ],
  } as const;

  test.each(Object.entries(samples))('what zod writes for %s', (_, [schema, value]) => {
    const written = z.toJSONSchema(schema) as Record<string, unknown>;
    expect(schema.safeParse(value).success).toBe(true);
    expect(matches(written, JSON.stringify(value))).toBe(true);
  });
});
