import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  chatCompletionRequest,
  completionRequest,
  embeddingsRequest,
  messagesRequest,
  ollamaChatRequest,
  responsesRequest,
} from './index.ts';
import { fieldReaderOf } from './present-fields.ts';

const schemas: Readonly<Record<string, z.ZodType>> = {
  chatCompletionRequest,
  completionRequest,
  embeddingsRequest,
  messagesRequest,
  ollamaChatRequest,
  responsesRequest,
};

const text = fc.oneof(fc.constantFrom('m', 'user', 'low', ''), fc.string({ unit: 'binary' }));
const value = fc.oneof(
  text,
  fc.boolean(),
  fc.constant(null),
  fc.integer({ min: -2, max: 300 }),
  fc.double(),
  fc.array(fc.record({ role: fc.constantFrom('user', 'tool', 'assistant'), content: text }), {
    maxLength: 3,
  }),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Bodies that are right but for a field or two, with any of the fields of the schema. */
function bodiesFor(schema: z.ZodType): fc.Arbitrary<unknown> {
  const names = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const sound = {
    model: 'm',
    max_tokens: 5,
    messages: [{ role: 'user', content: 'hi' }],
    prompt: 'a',
    input: 'a',
  };
  const own = Object.fromEntries(Object.entries(sound).filter(([name]) => names.includes(name)));
  const more = fc.dictionary(fc.constantFrom(...names, '__proto__', 'strange'), value, { maxKeys: 2 });
  return fc.oneof(
    more.map((others) => ({ ...own, ...others })),
    fc
      .subarray(Object.keys(own))
      .map((kept) => Object.fromEntries(kept.map((name) => [name, sound[name as 'model']]))),
    fc.jsonValue(),
  );
}

describe.each(Object.entries(schemas))('fields of %s', (_, schema) => {
  const read = fieldReaderOf(schema);

  test('what is accepted zod accepts, with the same value', () => {
    fc.assert(
      fc.property(bodiesFor(schema), (input) => {
        const quick = read(input);
        const known = schema.safeParse(input);
        if (quick === undefined) return;
        expect(known.success).toBe(true);
        expect(quick).toEqual(known.data);
      }),
      { numRuns: 300 },
    );
  });

  test('whatever zod accepts is accepted, where the schema allows it at all', () => {
    const takesPart = fc.sample(bodiesFor(schema), 200).some((input) => read(input) !== undefined);
    fc.assert(
      fc.property(bodiesFor(schema), (input) => {
        if (takesPart) expect(read(input) !== undefined).toBe(schema.safeParse(input).success);
      }),
    );
  });
});

test('bodies of a chat are read by their fields', () => {
  const body = { model: 'm', messages: [{ role: 'user', content: 'hi' }], max_tokens: 5, stream: true };
  expect(fieldReaderOf(chatCompletionRequest)(body)).toEqual(body);
});

test('a schema that fills in, checks its fields together or takes others is left to zod', () => {
  const body = { a: 'x' };
  const a = z.string();
  for (const schema of [
    z.strictObject({ a, b: z.string().default('y') }),
    z.strictObject({ a }).refine(() => true),
    z.looseObject({ a }),
    z.object({ a }),
    a,
  ] as readonly z.ZodType[])
    expect(fieldReaderOf(schema)(body)).toBeUndefined();
});
