// What a client may put into a field: hostile sizes cost time in proportion, and words that every object knows are taken
// for nothing else than words.
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { parsePolicy } from '../../src/assess/policy/policy.ts';
import { isNestedDeeper } from '../../src/base/index.ts';
import { compileConstraint } from '../../src/engine/constraint/compile-constraint.ts';
import { allRoutes } from '../../src/gateway/example-requests.ts';
import { parseRecipe } from '../../src/teach/recipe.ts';
import { expectLinear, prototypeWords, repeat, shapes } from './linear-time.ts';

const operations = allRoutes.flatMap(({ path, body }) => (body === null ? [] : [{ path, body }]));

describe.each(operations)('the fields of $path', ({ body }) => {
  const { properties = {} } = z.toJSONSchema(body) as { readonly properties?: object };
  const fields = [...Object.keys(properties), 'unknown'];

  test.each(fields)('%s grows in proportion', (field) => {
    for (const shape of Object.values(shapes)) {
      const made = (size: number) => ({ model: 'm', [field]: shape(size) });
      expectLinear(3_000, made, (sent) => void body.safeParse(sent));
    }
  });

  test.each(fields)('%s takes words of the prototype for words', (field) => {
    for (const word of prototypeWords) {
      const values = [
        word,
        [word],
        { type: word },
        { role: word },
        [{ type: word, role: word }],
        JSON.parse(`{"${word}":1}`),
      ];
      for (const value of values) expect(() => body.safeParse({ model: 'm', [field]: value })).not.toThrow();
    }
  });
});

const grammars: Readonly<Record<string, (size: number) => string>> = {
  digits: (size) => `root ::= "a" ${'1'.repeat(20 * size)}`,
  names: (size) => `root ::= "a" ${'b '.repeat(size)}\nb ::= "b"`,
  brackets: (size) => `root ::= ${'['.repeat(20 * size)}`,
  groups: (size) => `root ::= ${'('.repeat(20 * size)}`,
  'groups side by side': (size) => `root ::= ${'("a") '.repeat(size / 4)}`,
  'rules in a chain': (size) =>
    repeat(size / 4, (index) => `${index === 0 ? 'root' : `r${index}`} ::= "a" r${index + 1}`)
      .concat(`r${size / 4} ::= "a"`)
      .join('\n'),
  'rules that begin with each other': (size) =>
    repeat(size / 40, (index) => `${index === 0 ? 'root' : `r${index}`} ::= r${index + 1} "a"`)
      .concat(`r${size / 40} ::= "a"`)
      .join('\n'),
  alternatives: (size) => `root ::= ${'"a" | '.repeat(size)} "b"`,
  'words that begin alike': (size) =>
    `root ::= ${repeat(size / 10, (index) => `"word${index}"`).join(' | ')}`,
  'a long word': (size) => `root ::= "${'a'.repeat(size)}"`,
  repetitions: (size) => `root ::= [ab]{0,${size / 2}}`,
  comments: (size) => `root ::= "a"\n${'#\n'.repeat(8 * size)}`,
  escapes: (size) => `root ::= "${'\\x41'.repeat(size)}"`,
};

test.each(Object.entries(grammars))('a grammar of %s is read in proportion', (_, grammar) => {
  expectLinear(3_200, grammar, (text) => {
    attempt(() => compileConstraint({ type: 'grammar', grammar: text }));
  });
});

const schemas: Readonly<Record<string, (size: number) => Record<string, unknown>>> = {
  properties: (size) => ({
    properties: Object.fromEntries(repeat(size / 10, (index) => [`p${index}`, { const: 1 }])),
  }),
  'required names': (size) => ({ required: repeat(size, (index) => `p${index}`) }),
  'required properties': (size) => ({
    properties: Object.fromEntries(repeat(size / 10, (index) => [`p${index}`, true])),
    required: repeat(size / 10, (index) => `p${index}`),
  }),
  values: (size) => ({ enum: repeat(size / 2, (index) => index) }),
  alternatives: (size) => ({ anyOf: repeat(size / 4, (index) => ({ const: index })) }),
  'joined schemas': (size) => ({ allOf: repeat(size, (index) => ({ properties: { [`p${index}`]: true } })) }),
  'references in a chain': (size) => ({
    $ref: '#/$defs/r0',
    $defs: Object.fromEntries(repeat(size, (index) => [`r${index}`, { $ref: `#/$defs/r${index + 1}` }])),
  }),
  'a long pattern': (size) => ({ type: 'string', pattern: `^${'a?'.repeat(size / 20)}$` }),
  'counted repetitions': (size) => ({
    type: 'string',
    pattern: `^(a|b)*a(a|b){${Math.min(1000, size / 10)}}$`,
  }),
  'bounded texts': (size) => ({ type: 'string', maxLength: size / 4 }),
  'other properties': (size) => ({
    properties: Object.fromEntries(repeat(size / 40, (index) => [`property${index}`, true])),
    additionalProperties: true,
  }),
};

test.each(Object.entries(schemas))('a schema of %s is converted in proportion', (_, schema) => {
  expectLinear(3_200, schema, (made) => {
    attempt(() => compileConstraint({ type: 'json-schema', schema: made }));
  });
});

test('the depth of a body is told in proportion', () => {
  const text = (size: number): string => `${'["'.repeat(size / 4)}${'\\"'.repeat(size / 4)}`;
  expectLinear(500_000, text, (made) => void isNestedDeeper(made, 1e9));
});

test('constraints, policies and recipes take words of the prototype for words', () => {
  for (const word of prototypeWords) {
    const refusals = [
      () => compileConstraint({ type: 'json-schema', schema: { type: word } }),
      () => compileConstraint({ type: 'json-schema', schema: { $ref: `#/${word}` } }),
      () => compileConstraint({ type: 'json-schema', schema: JSON.parse(`{"${word}":1}`) }),
      () => compileConstraint({ type: 'grammar', grammar: `root ::= ${word.replaceAll('_', '-')}x` }),
      () => parsePolicy('p', { name: word, criteria: [{ metric: word, judge: word, probe: word }] }),
      () => parseRecipe('r', { model: word, stages: [{ stage: word, task: word }] }),
    ];
    for (const refusal of refusals)
      expect(refusal).toThrow(expect.objectContaining({ code: expect.stringMatching(/^TGL_/) }));
  }
});

/** Refusals count as well: they have to be as quick. */
function attempt(run: () => void): void {
  try {
    run();
  } catch (error) {
    expect(error).toMatchObject({ code: 'TGL_CONSTRAINT_INVALID' });
  }
}
