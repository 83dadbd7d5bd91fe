// Documents for the schemas that llama.cpp tests its own conversion with (tests/test-json-schema-to-grammar.cpp), read by
// meaning: its grammars are one way to write the same. Left out: a single schema in `prefixItems`, which the standard does
// not know. Otherwise than there, a pattern without anchors matches within the text, as in the standard. For tests only.

export type OfficialCase = {
  readonly name: string;
  readonly schema: Record<string, unknown>;
  readonly accepted: readonly string[];
  readonly refused: readonly string[];
};

const integer = (
  bounds: { readonly minimum?: number; readonly maximum?: number },
  accepted: readonly string[],
  refused: readonly string[],
): OfficialCase => ({
  name: `integers within ${JSON.stringify(bounds)}`,
  schema: { type: 'integer', ...bounds },
  accepted,
  refused,
});

const text = { type: 'string' };
const number = { type: 'number' };
const whole = { type: 'integer' };
const closed = { additionalProperties: false };
const named = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, text]));
const anything = { accepted: ['{}', '{"a":[1,{"b":null}]}'], refused: ['{', '{"a":}'] };

export const officialCases: readonly OfficialCase[] = [
  integer({ minimum: 0 }, ['0', '10', '12'], ['-1', '01', '1.5', 'x']),
  integer({ minimum: 1 }, ['1', '9', '10'], ['0', '-5', '01']),
  integer({ minimum: 3 }, ['3', '20', '10'], ['2', '0', '-3']),
  integer({ minimum: 9 }, ['9', '10', '99'], ['8', '1', '-9']),
  integer({ minimum: 10 }, ['10', '11', '1000'], ['9', '1', '-10']),
  integer({ minimum: 25 }, ['25', '26', '30', '100'], ['24', '3', '-25']),
  integer({ maximum: 30 }, ['30', '0', '9', '-100'], ['31', '100']),
  integer({ minimum: -5 }, ['-5', '0', '100'], ['-6', '-50']),
  integer({ minimum: -123 }, ['-123', '-99', '-5', '7'], ['-124', '-200', '-1000']),
  integer({ maximum: -5 }, ['-5', '-10', '-100'], ['-4', '0', '5']),
  integer({ maximum: 1 }, ['1', '0', '-7'], ['2', '10']),
  integer({ maximum: 100 }, ['100', '99', '-1', '0'], ['101', '200', '1000']),
  integer({ minimum: 0, maximum: 23 }, ['0', '9', '19', '23'], ['24', '30', '-1']),
  integer({ minimum: 15, maximum: 300 }, ['15', '99', '199', '300'], ['14', '301', '1500']),
  integer({ minimum: 5, maximum: 30 }, ['5', '10', '30'], ['4', '31']),
  integer({ minimum: -123, maximum: 42 }, ['-123', '-7', '0', '42'], ['-124', '43']),
  integer({ minimum: -10, maximum: 10 }, ['-10', '0', '10'], ['-11', '11']),
  { name: 'empty schema', schema: {}, ...anything },
  {
    name: 'exotic formats',
    schema: { items: ['date', 'uuid', 'time', 'date-time'].map((format) => ({ format })) },
    accepted: [
      '["2024-02-29","123e4567-e89b-12d3-a456-426614174000","07:08:09Z","2024-02-29T07:08:09.123+01:00"]',
    ],
    refused: ['[]', '["2024-02-29","123e4567","07:08:09Z","2024-02-29T07:08:09Z"]'],
  },
  { name: 'string', schema: text, accepted: ['""', '"a\\n\\u0041"'], refused: ['"', '"\n"', 'a'] },
  {
    name: 'string of at least 1',
    schema: { ...text, minLength: 1 },
    accepted: ['"a"', '"abc"'],
    refused: ['""'],
  },
  { name: 'string of at least 3', schema: { ...text, minLength: 3 }, accepted: ['"abc"'], refused: ['"ab"'] },
  {
    name: 'string of at most 3',
    schema: { ...text, maxLength: 3 },
    accepted: ['""', '"abc"'],
    refused: ['"abcd"'],
  },
  {
    name: 'string of 1 to 4',
    schema: { ...text, minLength: 1, maxLength: 4 },
    accepted: ['"a"', '"abcd"'],
    refused: ['""', '"abcde"'],
  },
  { name: 'boolean', schema: { type: 'boolean' }, accepted: ['true', 'false'], refused: ['True', '1'] },
  { name: 'integer', schema: whole, accepted: ['0', '-7', '123'], refused: ['1.5', '01'] },
  { name: 'string const', schema: { const: 'foo' }, accepted: ['"foo"'], refused: ['"bar"', 'foo'] },
  { name: 'number const', schema: { const: 123 }, accepted: ['123'], refused: ['12', '"123"'] },
  {
    name: 'values of several kinds',
    schema: { enum: ['red', 'amber', 'green', null, 42, ['foo']] },
    accepted: ['"red"', 'null', '42', '["foo"]'],
    refused: ['"blue"', '4', '[]'],
  },
  { name: 'tuple of 1', schema: { prefixItems: [text] }, accepted: ['["a"]'], refused: ['[1]', '["a","b"]'] },
  {
    name: 'tuple of 2',
    schema: { prefixItems: [text, number] },
    accepted: ['["a",1.5]'],
    refused: ['["a"]', '[1,"a"]'],
  },
  {
    name: 'array of anything',
    schema: { type: 'array', items: {} },
    accepted: ['[]', '[1,"a",{}]'],
    refused: ['{}'],
  },
  { name: 'number', schema: number, accepted: ['1', '-1.5', '2e10', '1.5E-3'], refused: ['.5', '1.', '+1'] },
  {
    name: 'at least 2 items',
    schema: { items: { type: 'boolean' }, minItems: 2 },
    accepted: ['[true,false]', '[true,true,true]'],
    refused: ['[true]', '[]'],
  },
  {
    name: 'no items',
    schema: { items: { type: 'boolean' }, maxItems: 0 },
    accepted: ['[]'],
    refused: ['[true]'],
  },
  {
    name: 'at most 1 item',
    schema: { items: { type: 'boolean' }, maxItems: 1 },
    accepted: ['[]', '[true]'],
    refused: ['[true,true]'],
  },
  {
    name: 'at most 2 items',
    schema: { items: { type: 'boolean' }, maxItems: 2 },
    accepted: ['[]', '[true,true]'],
    refused: ['[true,true,true]'],
  },
  {
    name: '3 to 5 numbers',
    schema: { items: { type: ['number', 'integer'] }, minItems: 3, maxItems: 5 },
    accepted: ['[1,2.5,3]', '[1,2,3,4,5]'],
    refused: ['[1,2]', '[1,2,3,4,5,6]'],
  },
  {
    name: '3 to 5 integers within bounds across zero',
    schema: { items: { ...whole, minimum: -12, maximum: 207 }, minItems: 3, maxItems: 5 },
    accepted: ['[-12,0,207]', '[1,2,3,4,5]'],
    refused: ['[-13,0,207]', '[-12,0,208]', '[1,2]'],
  },
  {
    name: '3 to 5 integers within bounds',
    schema: { items: { ...whole, minimum: 12, maximum: 207 }, minItems: 3, maxItems: 5 },
    accepted: ['[12,99,207]'],
    refused: ['[11,99,207]', '[12,99,208]'],
  },
  {
    name: 'required properties in the order of the schema',
    schema: {
      type: 'object',
      properties: named('b', 'c', 'a'),
      required: ['a', 'b', 'c'],
      ...closed,
      definitions: {},
    },
    accepted: ['{"b":"","c":"","a":""}'],
    refused: ['{"a":"","b":"","c":""}', '{"b":"","c":""}'],
  },
  {
    name: '1 optional property',
    schema: { properties: named('a'), ...closed },
    accepted: ['{}', '{"a":""}'],
    refused: ['{"b":""}'],
  },
  {
    name: 'several optional properties',
    schema: { properties: named('a', 'b', 'c'), ...closed },
    accepted: ['{}', '{"b":""}', '{"a":"","c":""}'],
    refused: ['{"c":"","a":""}', '{"d":""}'],
  },
  {
    name: 'required and optional properties',
    schema: { properties: named('b', 'a', 'd', 'c'), required: ['a', 'b'], ...closed },
    accepted: ['{"b":"","a":""}', '{"b":"","a":"","c":""}', '{"b":"","a":"","d":"","c":""}'],
    refused: ['{"b":""}', '{"b":"","a":"","c":"","d":""}'],
  },
  {
    name: 'other properties',
    schema: { type: 'object', additionalProperties: { type: 'array', items: number } },
    accepted: ['{}', '{"x":[1],"y":[]}'],
    refused: ['{"x":1}'],
  },
  { name: 'any other properties', schema: { type: 'object', additionalProperties: true }, ...anything },
  { name: 'any object', schema: { type: 'object' }, ...anything },
  { name: 'no properties', schema: { type: 'object', ...closed }, accepted: ['{}'], refused: ['{"a":1}'] },
  {
    name: 'required and other properties',
    schema: { type: 'object', properties: { a: number }, required: ['a'], additionalProperties: text },
    accepted: ['{"a":1}', '{"a":1,"b":"x","aa":""}'],
    refused: ['{"b":"x"}', '{"a":1,"a":"x"}', '{"a":1,"b":1}'],
  },
  {
    name: 'optional and other properties',
    schema: { type: 'object', properties: { a: number }, additionalProperties: number },
    accepted: ['{}', '{"a":1}', '{"b":1}', '{"a":1,"b":2}'],
    refused: ['{"b":1,"a":"x"}', '{"a":"x"}'],
  },
  {
    name: 'required, optional and other properties',
    schema: {
      type: 'object',
      properties: { and: number, also: number },
      required: ['and'],
      additionalProperties: number,
    },
    accepted: ['{"and":1}', '{"and":1,"also":2}', '{"and":1,"also":2,"an":3,"alsoo":4}', '{"and":1,"x":1}'],
    refused: ['{"also":1}', '{"and":1,"x":1,"also":2}', '{"x":1}'],
  },
  {
    name: 'an empty name',
    schema: { properties: { '': whole, a: whole }, additionalProperties: whole },
    accepted: ['{"":0}', '{"":0,"a":1,"b":2}', '{"b":1}'],
    refused: ['{"b":1,"":0}', '{"":"x"}'],
  },
  {
    name: 'a name within another',
    schema: { properties: { a: whole, aa: whole }, additionalProperties: whole },
    accepted: ['{"a":1,"aa":2,"aaa":3}', '{"aa":2}', '{"ab":1}'],
    refused: ['{"aaa":3,"aa":2}'],
  },
  {
    name: 'names that begin alike',
    schema: { properties: { ab: whole, ac: whole }, additionalProperties: whole },
    accepted: ['{"ab":1,"ac":2,"ad":3}', '{"a":1}'],
    refused: ['{"ad":3,"ac":2}'],
  },
  {
    name: 'a reference at the top',
    schema: {
      $ref: '#/definitions/foo',
      definitions: { foo: { type: 'object', properties: named('a'), required: ['a'], ...closed } },
    },
    accepted: ['{"a":"x"}'],
    refused: ['{}', '"x"'],
  },
  {
    name: 'alternatives by reference',
    schema: {
      anyOf: [{ $ref: '#/definitions/foo' }, { $ref: '#/definitions/bar' }],
      definitions: { foo: { properties: { a: number } }, bar: { properties: { b: number } } },
      type: 'object',
    },
    accepted: ['{"a":1}', '{"b":1}', '{}'],
    refused: ['{"a":1,"b":1}', '{"c":1}'],
  },
  {
    name: 'a reference into alternatives',
    schema: {
      properties: {
        a: { anyOf: [text, number] },
        b: { anyOf: [{ $ref: '#/properties/a/anyOf/0' }, { type: 'boolean' }] },
      },
      type: 'object',
    },
    accepted: ['{"a":1,"b":"x"}', '{"a":"x","b":true}'],
    refused: ['{"b":1}', '{"a":true}'],
  },
  {
    name: 'allOf with anyOf and references',
    schema: {
      allOf: [
        { $ref: '#/definitions/foo' },
        { $ref: '#/definitions/bar' },
        { anyOf: [{ $ref: '#/definitions/baz' }, { $ref: '#/definitions/bam' }] },
      ],
      definitions: {
        foo: { properties: { a: number } },
        bar: { properties: { b: number } },
        bam: { properties: { c: number } },
        baz: { properties: { d: number } },
      },
      type: 'object',
    },
    accepted: ['{"a":1,"b":2}', '{"a":1,"b":2,"d":3}', '{"a":1,"b":2,"c":3}'],
    refused: ['{"a":"x","b":2}', '{"e":1}'],
  },
  {
    name: 'allOf of one list of values',
    schema: { allOf: [{ $ref: '#/definitions/foo' }], definitions: { foo: { ...text, enum: ['a', 'b'] } } },
    accepted: ['"a"', '"b"'],
    refused: ['"c"'],
  },
  {
    name: 'allOf of two lists of values',
    schema: {
      allOf: [{ $ref: '#/definitions/foo' }, { $ref: '#/definitions/bar' }],
      definitions: { foo: { ...text, enum: ['a', 'b', 'c'] }, bar: { ...text, enum: ['b', 'c', 'd'] } },
    },
    accepted: ['"b"', '"c"'],
    refused: ['"a"', '"d"'],
  },
  {
    name: 'names that rules might have',
    schema: {
      type: 'object',
      properties: {
        number: {
          type: 'object',
          properties: {
            number: { type: 'object', properties: { root: number }, required: ['root'], ...closed },
          },
          required: ['number'],
          ...closed,
        },
      },
      required: ['number'],
      ...closed,
      definitions: {},
    },
    accepted: ['{"number":{"number":{"root":1}}}'],
    refused: ['{"number":{"root":1}}', '{"number":1}'],
  },
  {
    name: 'a description only',
    schema: { description: 'The last line.' },
    accepted: ['1', 'null', '"x"'],
    refused: ['x'],
  },
  {
    name: 'a value with escapes',
    schema: {
      properties: { code: { const: ' \r \n " \\ ', description: 'Generated code', title: 'Code', ...text } },
      required: ['code'],
      title: 'DecoderResponse',
      type: 'object',
    },
    accepted: [JSON.stringify({ code: ' \r \n " \\ ' })],
    refused: ['{"code":" "}'],
  },
];
