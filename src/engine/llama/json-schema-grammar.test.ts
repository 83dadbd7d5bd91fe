import { getLlama, type Llama } from 'node-llama-cpp';
import { beforeAll, describe, expect, test } from 'vitest';
import { jsonSchemaGrammar } from './json-schema-grammar.ts';

// The runtime's own parser and matcher are the oracle.
let llama: Llama;
beforeAll(async () => {
  llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, progressLogs: false });
});

type GrammarMatcher = { _testText(text: string): boolean };

async function matches(schema: Record<string, unknown>, text: string): Promise<boolean> {
  const grammar = await llama.createGrammar({ grammar: jsonSchemaGrammar(schema) });
  return (grammar as unknown as GrammarMatcher)._testText(text);
}

const person = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer' }, tags: { items: { enum: ['a', 'b'] } } },
  required: ['name'],
  additionalProperties: false,
};

describe('jsonSchemaGrammar', () => {
  test.each([
    [person, '{"name":"Ada"}', true],
    [person, '{"name": "A\\"d\\u00e4", "age": 36, "tags": ["a", "b"]}', true],
    [person, '{"name":"Ada","tags":[]}', true],
    [person, '{\n  "name": "Ada",\n  "age": 36\n}', true],
    [person, '{"age":36}', false],
    [person, '{"name":"Ada","age":3.5}', false],
    [person, '{"name":"Ada","tags":["c"]}', false],
    [person, '{"name":"Ada","other":1}', false],
    [person, '{"name":"Ada"} ', false],
    [{ type: 'object', properties: { a: { const: 1 }, b: { const: 2 } } }, '{"b":2}', true],
    [{ type: 'object', properties: { a: { const: 1 }, b: { const: 2 } } }, '{}', true],
    [{ type: 'object', properties: { a: { const: 1 }, b: { const: 2 } } }, '{,"b":2}', false],
    [{ type: 'object', additionalProperties: { type: 'boolean' } }, '{"x":true,"y":false}', true],
    [{ type: 'object', additionalProperties: { type: 'boolean' } }, '{"x":1}', false],
    [{}, '{"any":[1,-2.5e3,null,{"x":"y"}]}', true],
    [{}, '{"any":01}', false],
    [{ type: ['string', 'null'] }, 'null', true],
    [{ type: ['string', 'null'] }, '"x"', true],
    [{ type: ['string', 'null'] }, '1', false],
    [{ type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 3 }, '[1,2]', true],
    [{ type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 3 }, '[1]', false],
    [{ type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 3 }, '[1,2,3,4]', false],
    [{ type: 'array', maxItems: 0 }, '[]', true],
    [{ type: 'string', minLength: 1, maxLength: 2 }, '"Äx"', true],
    [{ type: 'string', minLength: 1, maxLength: 2 }, '"abc"', false],
    [{ type: 'integer', minimum: 0 }, '7', true],
    [{ type: 'integer', minimum: 0 }, '-7', false],
    [{ const: { a: ['"', '\\'] } }, '{"a":["\\"","\\\\"]}', true],
    [{ anyOf: [{ type: 'integer' }, { const: 'none' }] }, '"none"', true],
    [{ anyOf: [{ type: 'integer' }, { const: 'none' }] }, '"other"', false],
  ])('%j matches %s: %s', async (schema, text, expected) => {
    expect(await matches(schema, text)).toBe(expected);
  });

  test('follows references, also to itself', async () => {
    const tree = {
      $ref: '#/$defs/node',
      $defs: {
        node: {
          type: 'object',
          properties: {
            value: { type: 'integer' },
            next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] },
          },
          required: ['value', 'next'],
        },
      },
    };
    expect(await matches(tree, '{"value":1,"next":{"value":2,"next":null}}')).toBe(true);
    expect(await matches(tree, '{"value":1,"next":{"value":2}}')).toBe(false);
  });

  test.each([
    [{ type: 'string', pattern: '^a' }, 'the keyword pattern is not supported here at #'],
    [
      { properties: { a: { minimum: 3, type: 'number' } } },
      'the keyword minimum is not supported here at #/properties/a',
    ],
    [{ type: 'integer', maximum: 9 }, 'bounds of an integer are not supported at #'],
    [{ type: 'wish' }, 'the type "wish" is unknown at #'],
    [{ $ref: 'https://example.org/schema' }, '$ref leads elsewhere at #'],
    [{ $ref: '#/$defs/absent' }, 'not a schema at #/$defs/absent'],
    [{ type: 'object', required: ['a'] }, 'the required property "a" is not described at #'],
    [{ allOf: [{ type: 'object' }, { type: 'object' }] }, 'allOf of several schemas is not supported at #'],
  ])('refuses %j', (schema, problem) => {
    expect(() => jsonSchemaGrammar(schema)).toThrow(
      expect.objectContaining({ code: 'TGL_CONSTRAINT_INVALID', details: { problem } }),
    );
  });
});
