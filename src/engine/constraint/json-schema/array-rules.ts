// Arrays: items after those of a prefix. A prefix is always written whole, and nothing follows it unless `items` says
// what; the standard would allow both.
import { literal, type Sequence } from '../gbnf/grammar.ts';
import { pathTo, refuseAt, type Schema } from './schema.ts';
import type { SchemaRules } from './schema-rules.ts';
import { lengthBounds } from './string-rules.ts';

/** Undefined where no array satisfies the schema. @throws TGL_CONSTRAINT_INVALID */
export function arrayRule(rules: SchemaRules, schema: Schema, path: string): readonly Sequence[] | undefined {
  const { builder, text } = rules;
  if (schema.uniqueItems === true) refuseAt(path, 'the keyword uniqueItems is not supported here');
  const [least, most] = lengthBounds(schema.minItems, schema.maxItems, path);
  if (least > most) return undefined;
  const { prefix, rest } = partsOf(schema, path);
  const first = prefix
    .slice(0, most)
    .map((item, index) => rules.ruleFor(item, pathTo(path, 'prefixItems', index)));
  if (first.includes(undefined)) return undefined;
  const item = most > first.length ? rules.ruleFor(rest, pathTo(path, 'items')) : undefined;
  if (item === undefined && least > first.length) return undefined;
  const separator = [...literal(','), text.space()];
  const more = item === undefined ? [] : [...separator, item];
  const [open, close] = [[...literal('['), text.space()], literal(']')];
  const whole = (inside: Sequence): Sequence => [...open, ...inside, text.space(), ...close];
  const begun = first.flatMap((one, index) => [...(index > 0 ? separator : []), one as number]);
  if (begun.length > 0) {
    if (item === undefined) return [whole(begun)];
    return [
      whole([...begun, ...builder.repeat(more, Math.max(0, least - first.length), most - first.length)]),
    ];
  }
  const none = least === 0 ? [[...open, ...close]] : [];
  if (item === undefined) return none;
  return [...none, whole([item, ...builder.repeat(more, Math.max(0, least - 1), most - 1)])];
}

function partsOf(
  { prefixItems, items }: Schema,
  path: string,
): { readonly prefix: readonly unknown[]; readonly rest: unknown } {
  // Before 2020-12 a prefix was written in `items`.
  const prefix = prefixItems ?? (Array.isArray(items) ? items : []);
  if (!Array.isArray(prefix)) return refuseAt(path, 'prefixItems is not a list of schemas');
  const rest = Array.isArray(items) ? false : (items ?? prefix.length === 0);
  return { prefix, rest };
}
