// Random schemas of what is supported, against zod as an independent validator: whatever a grammar lets be written satisfies
// its schema, and what satisfies a schema, written in the order of it, is let in.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { flatGrammar } from '../compile-constraint.ts';
import type { CharacterSet, Grammar } from '../gbnf/grammar.ts';
import { createGrammarWalk, matchesGrammar } from '../gbnf/grammar-walk.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

/** A schema and the values that satisfy it by how it was made. */
type Case = { readonly schema: JsonSchema; readonly value: fc.Arbitrary<unknown> };

/** Of ASCII, since zod counts code units and the standard characters. */
const word = fc.string({ maxLength: 6 });
const scalar = fc.oneof(word, fc.integer({ min: -1000, max: 1000 }), fc.boolean(), fc.constant(null));

const strings = fc.tuple(fc.nat(3), fc.nat(4)).map(([minLength, more]): Case => {
  const maxLength = minLength + more;
  return { schema: { type: 'string', minLength, maxLength }, value: fc.string({ minLength, maxLength }) };
});
const patterns = fc.constantFrom('^[a-z]+$', '^(ab|c){1,3}$', '^\\d{2}-\\d{2}$', '^x?y*z$').map(
  (pattern): Case => ({
    schema: { type: 'string', pattern },
    value: fc.stringMatching(new RegExp(pattern)),
  }),
);
const integers = fc.tuple(fc.integer({ min: -1200, max: 1200 }), fc.nat(300)).map(([minimum, span]): Case => {
  const maximum = minimum + span;
  return { schema: { type: 'integer', minimum, maximum }, value: fc.integer({ min: minimum, max: maximum }) };
});
const numbers = fc
  .tuple(fc.integer({ min: -80, max: 80 }), fc.integer({ min: 1, max: 40 }), fc.boolean())
  .map(([least, span, exclusive]): Case => {
    const [minimum, maximum] = [least / 4, (least + span) / 4];
    const bounds = exclusive
      ? { exclusiveMinimum: minimum, exclusiveMaximum: maximum }
      : { minimum, maximum };
    const eighths = fc.integer({ min: 2 * least + 1, max: 2 * (least + span) - 1 });
    return { schema: { type: 'number', ...bounds }, value: eighths.map((value) => value / 8) };
  });
const fixed = fc.oneof(
  fc.constant<Case>({ schema: { type: 'boolean' }, value: fc.boolean() }),
  fc.constant<Case>({ schema: { type: 'null' }, value: fc.constant(null) }),
  fc.constant<Case>({
    schema: { type: ['string', 'null'] },
    value: fc.option(word),
  }),
  scalar.map((value): Case => ({ schema: { const: value }, value: fc.constant(value) })),
  fc
    .uniqueArray(scalar, { minLength: 1, maxLength: 5 })
    .map((values): Case => ({ schema: { enum: values }, value: fc.constantFrom(...values) })),
);
const leaves = fc.oneof(strings, patterns, integers, numbers, fixed);

function arraysOf(items: fc.Arbitrary<Case>): fc.Arbitrary<Case> {
  return fc.tuple(items, fc.nat(2), fc.nat(2)).map(([{ schema, value }, minItems, more]) => {
    const maxItems = minItems + more;
    return {
      schema: { type: 'array', items: schema, minItems, maxItems },
      value: fc.array(value, { minLength: minItems, maxLength: maxItems }),
    };
  });
}

function tuplesOf(items: fc.Arbitrary<Case>): fc.Arbitrary<Case> {
  return fc.array(items, { minLength: 2, maxLength: 3 }).map((cases) => ({
    schema: {
      ...{ type: 'array', prefixItems: cases.map(({ schema }) => schema), items: false },
      ...{ minItems: cases.length, maxItems: cases.length },
    },
    value: fc.tuple(...cases.map(({ value }) => value)),
  }));
}

function objectsOf(members: fc.Arbitrary<Case>): fc.Arbitrary<Case> {
  const member = fc.record({
    name: fc.oneof(word, fc.constantFrom('a', 'b', 'ab')),
    member: members,
    required: fc.boolean(),
  });
  const others = fc.constantFrom(undefined, false, { type: 'boolean' });
  const named = fc.uniqueArray(member, { selector: ({ name }) => name, maxLength: 4 });
  return fc.tuple(named, others).map(([members, additionalProperties]) => {
    // Numbers come first in an object, whatever the order in which they were written, and zod finds what every object has.
    const kept = members.filter(({ name }) => !/^\d+$/.test(name) && !(name in Object.prototype));
    const required = kept.filter(({ required }) => required).map(({ name }) => name);
    return {
      schema: {
        type: 'object',
        properties: Object.fromEntries(kept.map(({ name, member }) => [name, member.schema])),
        ...(required.length > 0 && { required }),
        ...(additionalProperties !== undefined && { additionalProperties }),
      },
      value: fc
        .tuple(
          ...kept.map(({ name, member, required }) =>
            member.value.chain((value) =>
              fc.boolean().map((isThere) => (required || isThere ? [[name, value]] : [])),
            ),
          ),
        )
        .map((entries) => Object.fromEntries(entries.flat())),
    };
  });
}

function alternativesOf(choices: fc.Arbitrary<Case>): fc.Arbitrary<Case> {
  return fc.array(choices, { minLength: 1, maxLength: 3 }).map((cases) => ({
    schema: { anyOf: cases.map(({ schema }) => schema) },
    value: fc.oneof(...cases.map(({ value }) => value)),
  }));
}

function referencesTo(targets: fc.Arbitrary<Case>): fc.Arbitrary<Case> {
  return targets.map(({ schema, value }) => ({
    schema: { $ref: '#/$defs/a', $defs: { a: schema } },
    value,
  }));
}

function casesOf(depth: number): fc.Arbitrary<Case> {
  if (depth === 0) return leaves;
  const inner = casesOf(depth - 1);
  return fc.oneof(leaves, arraysOf(inner), tuplesOf(inner), objectsOf(inner), alternativesOf(inner));
}

const cases = fc.oneof(
  { weight: 4, arbitrary: casesOf(2) },
  { weight: 1, arbitrary: referencesTo(casesOf(1)) },
);

const grammarOf = (schema: JsonSchema): Grammar => flatGrammar({ type: 'json-schema', schema });

function validatorOf(schema: JsonSchema): z.ZodType {
  return z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
}

/** A text along the grammar, by numbers that choose; undefined where it does not come to an end. */
function written(grammar: Grammar, choose: (options: number) => number): string | undefined {
  const walk = createGrammarWalk(grammar);
  let state = walk.begin();
  let text = '';
  while (text.length < 600) {
    const sets = state.stacks.map(walk.awaited);
    if (sets.length === 0 || (state.complete && choose(2) === 0)) return state.complete ? text : undefined;
    // What closes something, now and then and more often later, so that the text comes to an end.
    const closing = [...'"]}'].filter((character) => sets.some((set) => has(set, character)));
    const closes = closing.length > 0 && choose(text.length > 60 ? 2 : 6) === 0;
    const next = closes
      ? (closing[choose(closing.length)] as string)
      : characterOf(sets[choose(sets.length)] as CharacterSet, choose, text.endsWith('\\'));
    state = walk.accept(state, next.codePointAt(0) as number);
    text += next;
  }
  return undefined;
}

function has(set: CharacterSet, character: string): boolean {
  const code = character.charCodeAt(0);
  return set.some(([low, high]) => low <= code && code <= high);
}

/** Of ASCII where there is any, and no escape of a code unit where another one can be had. */
function characterOf(set: CharacterSet, choose: (options: number) => number, isEscape: boolean): string {
  const ranges = set.filter(([low]) => low < 0x7f && !(isEscape && set.length > 1 && low === 0x75));
  const [low, high] = ranges[choose(ranges.length)] ?? (set[0] as readonly [number, number]);
  return String.fromCodePoint(low + choose(Math.min(high, Math.max(low, 0x7e)) - low + 1));
}

describe('random schemas', () => {
  test('let nothing be written that does not satisfy them', () => {
    const texts = { whole: 0, cut: 0 };
    fc.assert(
      fc.property(cases, fc.integer(), ({ schema }, seed) => {
        const grammar = grammarOf(schema);
        const validator = validatorOf(schema);
        const choices = fc.sample(fc.double({ min: 0, max: 0.999_999, noNaN: true }), { seed, numRuns: 400 });
        let place = 0;
        const text = written(grammar, (options) =>
          Math.floor((choices[place++ % choices.length] as number) * options),
        );
        if (text === undefined) {
          texts.cut++;
          return;
        }
        texts.whole++;
        expect([text, validator.safeParse(JSON.parse(text)).error?.message]).toEqual([text, undefined]);
        expect(matchesGrammar(grammar, text)).toBe(true);
      }),
      { numRuns: 300 },
    );
    expect(texts.whole).toBeGreaterThan(5 * texts.cut);
  });

  test('let everything be written that satisfies them, in their order', () => {
    const valued = cases.chain(({ schema, value }) => fc.tuple(fc.constant(schema), value));
    fc.assert(
      fc.property(valued, ([schema, value]) => {
        expect(validatorOf(schema).safeParse(value).success).toBe(true);
        const text = JSON.stringify(value);
        expect([text, matchesGrammar(grammarOf(schema), text)]).toEqual([text, true]);
      }),
      { numRuns: 300 },
    );
  });

  test('let only such documents of others in as satisfy them', () => {
    const both = fc.tuple(
      cases,
      cases.chain(({ value }) => value),
    );
    let admitted = 0;
    fc.assert(
      fc.property(both, ([{ schema }, value]) => {
        if (!matchesGrammar(grammarOf(schema), JSON.stringify(value))) return;
        admitted++;
        expect(validatorOf(schema).safeParse(value).success).toBe(true);
      }),
      { numRuns: 1000 },
    );
    expect(admitted).toBeGreaterThan(10);
  });
});
