// Whether a text is JSON that a JSON Schema admits, by zod. It passes over what it does not know, so that a schema is judged only where every
// part of it says what is judged: a type, listed values, a reference, or alternatives.
import { z } from 'zod';
import { TiegelError } from '../base/index.ts';

/** @throws TGL_CONSTRAINT_INVALID for a schema that cannot be judged */
export function hasForm(schema: Readonly<Record<string, unknown>>, answer: string): boolean {
  let value: unknown;
  try {
    value = JSON.parse(answer);
  } catch {
    return false;
  }
  let form: z.ZodType;
  try {
    form = z.fromJSONSchema(judged(schema, '#') as Parameters<typeof z.fromJSONSchema>[0]);
  } catch (error) {
    if (TiegelError.isInstance(error)) throw error;
    throw cannotJudge(error instanceof Error ? error.message : String(error));
  }
  return form.safeParse(value).success;
}

/** What says nothing of the form. A default would make a member optional. */
const annotations: ReadonlySet<string> = new Set(['default', 'title', 'description', 'examples', '$comment']);
const maps: ReadonlySet<string> = new Set(['properties', 'patternProperties', '$defs', 'definitions']);
const lists: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems']);
const schemas: ReadonlySet<string> = new Set([
  ...[
    'items',
    'additionalProperties',
    'contains',
    'propertyNames',
    'additionalItems',
    'unevaluatedProperties',
  ],
]);
const others: ReadonlySet<string> = new Set([
  ...[
    'type',
    'enum',
    'const',
    '$ref',
    '$schema',
    '$id',
    'required',
    'format',
    'pattern',
    'minLength',
    'maxLength',
  ],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minItems', 'maxItems'],
  ...['uniqueItems', 'minProperties', 'maxProperties', 'minContains', 'maxContains'],
]);

/** The schema without annotations. @throws TGL_CONSTRAINT_INVALID for a part that says nothing that is judged */
function judged(schema: unknown, path: string): unknown {
  if (typeof schema === 'boolean') return schema;
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema))
    throw cannotJudge(`${path} is no schema`);
  const said = Object.entries(schema).filter(([keyword]) => !annotations.has(keyword));
  if (
    said.length > 0 &&
    !said.some(([keyword]) => ['type', 'enum', 'const', '$ref'].includes(keyword) || lists.has(keyword))
  )
    throw cannotJudge(`${path} names no type`);
  return Object.fromEntries(
    said.map(([keyword, value]) => {
      const at = `${path}/${keyword}`;
      if (keyword === 'const' && typeof value === 'object' && value !== null)
        throw cannotJudge(`${at} is no single value`);
      if (schemas.has(keyword)) return [keyword, judged(value, at)];
      if (lists.has(keyword) && Array.isArray(value))
        return [keyword, value.map((one, index) => judged(one, `${at}/${index}`))];
      if (maps.has(keyword) && typeof value === 'object' && value !== null)
        return [
          keyword,
          Object.fromEntries(
            Object.entries(value).map(([name, one]) => [name, judged(one, `${at}/${name}`)]),
          ),
        ];
      if (!others.has(keyword)) throw cannotJudge(`${at} is not known`);
      return [keyword, value];
    }),
  );
}

function cannotJudge(problem: string): TiegelError {
  return new TiegelError('TGL_CONSTRAINT_INVALID', {
    problem: `answers cannot be checked for this form: ${problem}`,
  });
}
