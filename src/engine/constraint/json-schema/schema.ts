// What of JSON Schema (2020-12) is understood, and how a schema is refused.
import { refuseConstraint } from '../gbnf/grammar.ts';

/** A schema that is no boolean. `$ref` and `allOf` stand in it until it is resolved. */
export type Schema = { readonly [keyword: string]: unknown };

export type JsonType = 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | 'null';

/** The kinds of value that a keyword says something about; the others satisfy it. */
const typesOfKeyword: ReadonlyMap<string, readonly JsonType[]> = new Map(
  Object.entries({
    object: ['properties', 'required', 'additionalProperties'],
    array: ['items', 'prefixItems', 'minItems', 'maxItems', 'uniqueItems'],
    string: ['minLength', 'maxLength', 'pattern', 'format'],
    number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  }).flatMap(([type, keywords]) => keywords.map((keyword) => [keyword, [type as JsonType]] as const)),
);

const general: ReadonlySet<string> = new Set(['type', 'enum', 'const', 'anyOf', 'oneOf', 'allOf', '$ref']);

const annotations: ReadonlySet<string> = new Set(
  '$schema $id $anchor $comment $defs definitions title description default examples deprecated readOnly writeOnly contentEncoding contentMediaType'.split(
    ' ',
  ),
);

export const jsonTypes: ReadonlySet<string> = new Set([
  ...['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'],
]);

/** Schemas within schemas. */
export const deepestSchema = 32;
/** Schemas within one, those that are looked at again for a merge included. */
export const mostSchemas = 8000;
/** Longer texts and arrays satisfy a schema as well, but a grammar of that size is slow. */
export const longestRepetition = 1000;

export function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws TGL_CONSTRAINT_INVALID */
export function refuseAt(path: string, problem: string): never {
  return refuseConstraint(`${problem} at ${path}`);
}

/** The path of a part, whatever the length of its name. */
export function pathTo(path: string, ...steps: readonly (string | number)[]): string {
  const shown = steps.map((step) =>
    typeof step === 'string' && step.length > 60 ? `${step.slice(0, 60)}…` : step,
  );
  return [path, ...shown].join('/');
}

/** Without what says nothing about values. @throws TGL_CONSTRAINT_INVALID for keywords that are not understood */
export function statementsOf(schema: Schema, path: string): Schema {
  const entries = Object.entries(schema).filter(
    ([keyword, value]) => !annotations.has(keyword) && !(keyword === 'propertyNames' && isAnyString(value)),
  );
  const unknown = entries.find(([keyword]) => !general.has(keyword) && !typesOfKeyword.has(keyword));
  if (unknown !== undefined)
    refuseAt(path, `the keyword ${pathTo('', unknown[0]).slice(1)} is not supported here`);
  return Object.fromEntries(entries);
}

/** Says nothing of names. */
function isAnyString(schema: unknown): boolean {
  if (!isSchema(schema)) return schema === true;
  return Object.entries(schema).every(([keyword, value]) => keyword === 'type' && value === 'string');
}

/** The kinds of value that the keywords of a schema are about. */
export function impliedTypes(schema: Schema): readonly JsonType[] {
  return [...new Set(Object.keys(schema).flatMap((keyword) => typesOfKeyword.get(keyword) ?? []))];
}
