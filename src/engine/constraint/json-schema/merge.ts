// One schema that says what two say, as far as one can: `allOf`, and keywords beside a `$ref` or an `anyOf`.
import { canonicalJson, type Json } from '../../../base/index.ts';
import { isSchema, refuseAt, type Schema } from './schema.ts';

/** False: no value satisfies both. */
export type Merged = Schema | false;

/** More combinations of alternatives are refused. */
const mostCombinations = 64;

/**
 * Both without `$ref` and `allOf` at their top; what is merged within them becomes `allOf` there.
 *
 * @throws TGL_CONSTRAINT_INVALID
 */
export function merge(one: Schema, other: Schema, path: string): Merged {
  const merged = new Map(Object.entries(one));
  for (const [keyword, value] of Object.entries(other)) {
    const mine = merged.get(keyword);
    if (mine === undefined) merged.set(keyword, value);
    else if (!structural.has(keyword)) {
      const both = mergeKeyword(keyword, mine, value, path);
      if (both === undefined) return false;
      merged.set(keyword, both);
    }
  }
  mergeObjects(one, other, merged, path);
  mergeArrays(one, other, merged, path);
  mergeChoices(one, other, merged, path);
  return Object.fromEntries(merged);
}

/** Keywords whose meaning depends on others beside them. */
const structural: ReadonlySet<string> = new Set([
  ...['properties', 'additionalProperties', 'items', 'prefixItems', 'anyOf', 'oneOf', 'const', 'enum'],
]);

/** Undefined where no value satisfies both. */
function mergeKeyword(keyword: string, one: unknown, other: unknown, path: string): unknown {
  const numbers = (): readonly [number, number] =>
    typeof one === 'number' && typeof other === 'number'
      ? [one, other]
      : refuseAt(path, `${keyword} is malformed`);
  switch (keyword) {
    case 'type':
      return commonTypes(one, other);
    case 'required':
      return Array.isArray(one) && Array.isArray(other)
        ? [...one, ...other]
        : refuseAt(path, 'required is malformed');
    case 'minimum':
    case 'exclusiveMinimum':
    case 'minLength':
    case 'minItems':
      return Math.max(...numbers());
    case 'maximum':
    case 'exclusiveMaximum':
    case 'maxLength':
    case 'maxItems':
      return Math.min(...numbers());
    case 'uniqueItems':
      return one === true || other === true;
    case 'pattern':
      return [one, other].flat();
    default:
      if (one !== other) refuseAt(path, `two of the keyword ${keyword} cannot be kept at once`);
      return one;
  }
}

function commonTypes(one: unknown, other: unknown): unknown {
  const [mine, theirs] = [[one].flat(), [other].flat()];
  const common = mine.flatMap((type) => {
    if (theirs.includes(type)) return [type];
    if (type === 'number' && theirs.includes('integer')) return ['integer'];
    return type === 'integer' && theirs.includes('number') ? ['integer'] : [];
  });
  return common.length === 0 ? undefined : common;
}

/** What one says of all properties that it does not name holds for those that only the other names. */
function mergeObjects(one: Schema, other: Schema, merged: Map<string, unknown>, path: string): void {
  const [mine, theirs] = [propertiesOf(one, path), propertiesOf(other, path)];
  const [myRest, theirRest] = [one.additionalProperties, other.additionalProperties];
  if (merged.has('properties')) {
    const names = new Set([...Object.keys(mine), ...Object.keys(theirs)]);
    const properties = [...names].map((name) => {
      const parts = [ownOr(mine, name, myRest), ownOr(theirs, name, theirRest)];
      return [name, allOf(parts)] as const;
    });
    merged.set('properties', Object.fromEntries(properties));
  }
  if (merged.has('additionalProperties')) merged.set('additionalProperties', allOf([myRest, theirRest]));
}

function propertiesOf({ properties }: Schema, path: string): Schema {
  if (properties === undefined) return {};
  return isSchema(properties) ? properties : refuseAt(path, 'properties or required are malformed');
}

function ownOr(properties: Schema, name: string, rest: unknown): unknown {
  return Object.hasOwn(properties, name) ? properties[name] : rest;
}

function mergeArrays(one: Schema, other: Schema, merged: Map<string, unknown>, path: string): void {
  const [mine, theirs] = [prefixOf(one, path), prefixOf(other, path)];
  if (merged.has('prefixItems')) {
    const longer = mine.length > theirs.length ? mine : theirs;
    const items = longer.map((_, index) =>
      allOf([
        index < mine.length ? mine[index] : one.items,
        index < theirs.length ? theirs[index] : other.items,
      ]),
    );
    merged.set('prefixItems', items);
  }
  if (merged.has('items')) merged.set('items', allOf([one.items, other.items]));
}

function prefixOf({ prefixItems = [] }: Schema, path: string): readonly unknown[] {
  return Array.isArray(prefixItems) ? prefixItems : refuseAt(path, 'prefixItems is not a list of schemas');
}

/** Alternatives of both: each of one with each of the other. */
function mergeChoices(one: Schema, other: Schema, merged: Map<string, unknown>, path: string): void {
  const lists = [one.anyOf, one.oneOf, other.anyOf, other.oneOf].filter((list) => list !== undefined);
  if (lists.length > 1) {
    merged.delete('oneOf');
    const combined = lists.reduce(
      (all: readonly unknown[], list) => {
        if (!Array.isArray(list)) return refuseAt(path, 'anyOf or oneOf is not a list of schemas');
        if (all.length * list.length > mostCombinations)
          refuseAt(path, `more than ${mostCombinations} combinations of alternatives`);
        return all.flatMap((first) => list.map((second) => allOf([first, second])));
      },
      [true],
    );
    merged.set('anyOf', combined);
  }
  const values = [one, other].flatMap((schema) => {
    const own = valuesOf(schema, path);
    return own === undefined ? [] : [own];
  });
  if (values.length === 2) {
    merged.delete('const');
    const [mine, theirs] = values as [readonly unknown[], readonly unknown[]];
    const known = new Set(theirs.map((value) => canonicalJson(value as Json)));
    merged.set(
      'enum',
      mine.filter((value) => known.has(canonicalJson(value as Json))),
    );
  }
}

/** The values that a schema lists. */
export function valuesOf(schema: Schema, path: string): readonly unknown[] | undefined {
  if (Object.hasOwn(schema, 'const')) return [schema.const];
  if (schema.enum === undefined) return undefined;
  return Array.isArray(schema.enum) ? schema.enum : refuseAt(path, 'enum is not a list of values');
}

function allOf(parts: readonly unknown[]): unknown {
  const said = parts.filter((part) => part !== undefined && part !== true);
  if (said.includes(false)) return false;
  return said.length <= 1 ? (said[0] ?? true) : { allOf: said };
}
