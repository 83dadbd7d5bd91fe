// Whether a value that a schema lists satisfies what else the schema says of single values.
import { jsonTypes, refuseAt, type Schema } from './schema.ts';

/** @throws TGL_CONSTRAINT_INVALID for a keyword that is only kept where values are not listed */
export function admits(schema: Schema, value: unknown, path: string): boolean {
  return Object.entries(schema).every(([keyword, wanted]) => {
    const bound = typeof wanted === 'number' ? wanted : undefined;
    const length = typeof value === 'string' ? [...value].length : undefined;
    if (keyword === 'type') return [wanted].flat().some((type) => isOfType(value, type, path));
    if (keyword === 'format') return true;
    if (bound === undefined)
      return refuseAt(path, `the keyword ${keyword} is not supported beside listed values`);
    if (keyword === 'minLength') return length === undefined || length >= bound;
    if (keyword === 'maxLength') return length === undefined || length <= bound;
    if (typeof value !== 'number' && numeric.has(keyword)) return true;
    if (keyword === 'minimum') return (value as number) >= bound;
    if (keyword === 'maximum') return (value as number) <= bound;
    if (keyword === 'exclusiveMinimum') return (value as number) > bound;
    if (keyword === 'exclusiveMaximum') return (value as number) < bound;
    return refuseAt(path, `the keyword ${keyword} is not supported beside listed values`);
  });
}

const numeric: ReadonlySet<string> = new Set(['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum']);

function isOfType(value: unknown, type: unknown, path: string): boolean {
  if (typeof type !== 'string' || !jsonTypes.has(type))
    return refuseAt(path, `the type ${(JSON.stringify(type) ?? 'of none').slice(0, 80)} is unknown`);
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'null') return value === null;
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === type;
}
