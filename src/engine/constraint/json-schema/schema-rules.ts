// The rule for a schema: lists of values, alternatives, or one rule for each kind of value.
import { literal, type Sequence } from '../gbnf/grammar.ts';
import type { GrammarBuilder } from '../gbnf/grammar-builder.ts';
import type { PatternBudget } from '../pattern/expression.ts';
import { admits } from './admits.ts';
import { arrayRule } from './array-rules.ts';
import { createJsonText, type JsonText, plainCharacters, quote } from './json-text.ts';
import { valuesOf } from './merge.ts';
import { numberRule } from './number-rules.ts';
import { objectRule } from './object-rules.ts';
import { createResolver } from './resolve.ts';
import {
  deepestSchema,
  impliedTypes,
  isSchema,
  type JsonType,
  jsonTypes,
  pathTo,
  refuseAt,
  type Schema,
  statementsOf,
} from './schema.ts';
import { type StringRules, stringRule } from './string-rules.ts';

export type SchemaRules = StringRules & {
  /** Undefined where no value satisfies the schema. @throws TGL_CONSTRAINT_INVALID */
  readonly ruleFor: (schema: unknown, path: string) => number | undefined;
  /** So many schemas more are looked at. @throws TGL_CONSTRAINT_INVALID when they are too many */
  readonly count: (schemas: number) => void;
  /** Characters that need no escape, up to the closing quote. */
  readonly plainText: () => number;
};

export function createSchemaRules(
  builder: GrammarBuilder,
  budget: PatternBudget,
  root: unknown,
): SchemaRules {
  const text: JsonText = createJsonText(builder);
  const resolver = createResolver(root);
  /** Rules of references, also while they are being made: that is how a schema refers to itself. */
  const references = new Map<string, number | undefined>();
  const made = new Map<string, number>();
  let plain: number | undefined;
  let depth = 0;

  const ruleOf = (alternatives: readonly Sequence[] | undefined): number | undefined =>
    alternatives === undefined || alternatives.length === 0 ? undefined : builder.add(alternatives);

  const ruleFor = (schema: unknown, path: string): number | undefined => {
    resolver.count(1);
    if (schema === true) return text.value();
    if (schema === false) return undefined;
    if (depth >= deepestSchema) refuseAt(path, `deeper than ${deepestSchema} levels`);
    depth++;
    try {
      const reference = soleReference(schema, path);
      return reference === undefined
        ? ruleOf(alternativesOf(schema, path))
        : ruleOfReference(reference, path);
    } finally {
      depth--;
    }
  };

  const ruleOfReference = (reference: string, path: string): number | undefined => {
    if (references.has(reference)) return references.get(reference);
    const rule = builder.reserve();
    references.set(reference, rule);
    const alternatives = alternativesOf(resolver.target(reference, path), reference);
    if (alternatives === undefined || alternatives.length === 0) references.set(reference, undefined);
    builder.define(rule, alternatives ?? []);
    return references.get(reference);
  };

  const rules: SchemaRules = {
    ...{ builder, text, budget, made, ends: [], ruleFor, count: resolver.count },
    plainText: () => {
      if (plain === undefined) {
        plain = builder.reserve();
        builder.define(plain, [[plainCharacters, plain], quote]);
      }
      return plain;
    },
  };

  const alternativesOf = (given: unknown, path: string): readonly Sequence[] | undefined => {
    const schema = resolver.resolve(given, path);
    if (schema === false) return undefined;
    const values = valuesOf(schema, path);
    const { anyOf, oneOf, ...own } = schema;
    const choices = anyOf ?? oneOf;
    if (choices === undefined)
      return values === undefined ? byType(rules, schema, path) : listed(own, values, path);
    if (!Array.isArray(choices) || choices.length === 0)
      return refuseAt(path, `${anyOf === undefined ? 'oneOf' : 'anyOf'} is not a list of schemas`);
    const kept = Object.keys(own).length > 0;
    const alternatives = choices.flatMap((choice: unknown, index) => {
      const rule = ruleFor(
        kept ? { allOf: [own, choice] } : choice,
        pathTo(path, anyOf ? 'anyOf' : 'oneOf', index),
      );
      return rule === undefined ? [] : [[rule]];
    });
    return alternatives;
  };

  return rules;
}

/** The reference of a schema that says nothing else. */
function soleReference(schema: unknown, path: string): string | undefined {
  if (!isSchema(schema) || typeof schema.$ref !== 'string') return undefined;
  return Object.keys(statementsOf(schema, path)).length === 1 ? schema.$ref : undefined;
}

/** Values longer than any grammar that is let in are not even spelled out. */
const longestValue = 16_384;

function listed(schema: Schema, values: readonly unknown[], path: string): readonly Sequence[] {
  const { const: _const, enum: _enum, ...others } = schema;
  const admitted = values.filter((value) => admits(others, value, path));
  let length = 0;
  const texts = admitted.map((value) => {
    const text = JSON.stringify(value);
    length += text.length;
    if (length > longestValue) refuseAt(path, `values of more than ${longestValue} characters`);
    return text;
  });
  return [...new Set(texts)].map(literal);
}

function byType(rules: SchemaRules, schema: Schema, path: string): readonly Sequence[] | undefined {
  return typesOf(schema, path).flatMap((type) => ruleOfType(rules, type, schema, path) ?? []);
}

function ruleOfType(
  rules: SchemaRules,
  type: JsonType | 'value',
  schema: Schema,
  path: string,
): readonly Sequence[] | undefined {
  switch (type) {
    case 'value':
      return [[rules.text.value()]];
    case 'object':
      return objectRule(rules, schema, path);
    case 'array':
      return arrayRule(rules, schema, path);
    case 'string':
      return stringRule(rules, schema, path);
    case 'integer':
      return numberRule(rules, schema, true, path);
    case 'number':
      return numberRule(rules, schema, false, path);
    case 'boolean':
      return ['true', 'false'].map(literal);
    case 'null':
      return [literal('null')];
  }
}

function typesOf(schema: Schema, path: string): readonly (JsonType | 'value')[] {
  if (schema.type === undefined) {
    const implied = impliedTypes(schema);
    return implied.length === 0 ? ['value'] : implied;
  }
  const types = [schema.type].flat();
  const unknown = types.find((type) => typeof type !== 'string' || !jsonTypes.has(type));
  if (unknown !== undefined || types.length === 0)
    refuseAt(path, `the type ${(JSON.stringify(unknown) ?? 'of none').slice(0, 80)} is unknown`);
  const distinct = new Set(types as unknown as readonly JsonType[]);
  // Every integer is a number, so that both would be two ways to the same text.
  if (distinct.has('number')) distinct.delete('integer');
  return [...distinct];
}
