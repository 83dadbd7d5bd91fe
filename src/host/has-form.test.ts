import { describe, expect, test } from 'vitest';
import { hasForm } from './has-form.ts';

const person = {
  type: 'object',
  properties: { name: { type: 'string', minLength: 1 }, age: { type: 'integer', minimum: 0 } },
  required: ['name', 'age'],
  additionalProperties: false,
};

test.each([
  ['{"name":"Ada","age":36}', true],
  [' { "age": 36, "name": "Ada" } ', true],
  ['{"name":"Ada"}', false],
  ['{"name":"","age":36}', false],
  ['{"name":"Ada","age":-1}', false],
  ['{"name":"Ada","age":36,"x":1}', false],
  ['Ada is 36', false],
  ['', false],
])('%s: %s', (answer, passes) => {
  expect(hasForm(person, answer)).toBe(passes);
});

test.each([
  [{ type: 'array', items: { type: 'number' }, uniqueItems: true }, '[1,2]', '[1,1]'],
  [{ $ref: '#/$defs/x', $defs: { x: { enum: ['a', 'b'] } } }, '"a"', '"c"'],
  [{ oneOf: [{ type: 'string' }, { type: 'null' }] }, 'null', '1'],
  // A default does not make a member optional.
  [
    { type: 'object', properties: { a: { type: 'string', default: 'x' } }, required: ['a'] },
    '{"a":"y"}',
    '{}',
  ],
])('%j', (schema, right, wrong) => {
  expect([hasForm(schema, right), hasForm(schema, wrong)]).toEqual([true, false]);
});

describe('what cannot be judged is refused, not passed', () => {
  test.each([
    [{ minimum: 5 }],
    [{ type: 'object', properties: { a: { minLength: 3 } } }],
    [{ if: { type: 'string' }, else: false, type: 'string' }],
    [{ type: 'object', dependentRequired: { a: ['b'] } }],
    [{ const: { a: 1 } }],
    [{ type: 'object', surprises: true }],
    [{ type: 'array', items: 3 }],
  ])('%j', (schema) => {
    expect(() => hasForm(schema, '{}')).toThrow(expect.objectContaining({ code: 'TGL_CONSTRAINT_INVALID' }));
  });
});
