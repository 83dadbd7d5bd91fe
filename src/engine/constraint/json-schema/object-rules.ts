// Objects: the properties in the order of the schema, each at most once, and then others where the schema says what
// they are. Where it names properties and says nothing of others, there are none.
import { type CharacterSet, characterSet, literal, type Sequence } from '../gbnf/grammar.ts';
import { plainCharacters, quote } from './json-text.ts';
import { isSchema, pathTo, refuseAt, type Schema } from './schema.ts';
import type { SchemaRules } from './schema-rules.ts';

type Member = { readonly name: string; readonly rule: number; readonly required: boolean };

/** Undefined where no object satisfies the schema. @throws TGL_CONSTRAINT_INVALID */
export function objectRule(
  rules: SchemaRules,
  schema: Schema,
  path: string,
): readonly Sequence[] | undefined {
  const { builder, text } = rules;
  const members = membersOf(rules, schema, path);
  if (members === undefined) return undefined;
  const extra = extraMember(rules, schema, members, path);
  const separator = [...literal(','), text.space()];
  const whole = (inside: Sequence): Sequence => [...literal('{'), text.space(), ...inside, ...literal('}')];
  /** What may be written from a member on: at least one (`some`), or none after others (`rest`). */
  let some: number | undefined;
  let rest: Sequence = [];
  if (extra !== undefined) {
    rest = builder.repeat([...separator, extra], 0, Number.POSITIVE_INFINITY);
    some = builder.add([[extra, ...rest]]);
  }
  let mustFollow = false;
  for (const { name, rule, required } of members.toReversed()) {
    const member = [...literal(JSON.stringify(name)), ...literal(':'), text.space(), rule, ...rest];
    some = builder.add(required || some === undefined ? [member] : [member, [some]]);
    mustFollow ||= required;
    rest = mustFollow ? [...separator, some] : [builder.add([[...separator, some], []])];
  }
  const empty = mustFollow ? [] : [whole([])];
  return some === undefined ? empty : [...empty, whole([some, text.space()])];
}

/** Properties that can be there, in order; those that are required but not described come last. */
function membersOf(rules: SchemaRules, schema: Schema, path: string): readonly Member[] | undefined {
  const { properties = {}, required = [], additionalProperties = true } = schema;
  if (
    !isSchema(properties) ||
    !Array.isArray(required) ||
    !required.every((name) => typeof name === 'string')
  )
    return refuseAt(path, 'properties or required are malformed');
  rules.count(Object.keys(properties).length + required.length);
  const demanded = new Set(required as readonly string[]);
  const described = new Set(Object.keys(properties));
  const members: Member[] = [];
  for (const name of new Set([...described, ...demanded])) {
    const isDescribed = described.has(name);
    const rule = isDescribed
      ? rules.ruleFor(properties[name], pathTo(path, 'properties', name))
      : rules.ruleFor(additionalProperties, pathTo(path, 'additionalProperties'));
    if (rule !== undefined) members.push({ name, rule, required: demanded.has(name) });
    else if (demanded.has(name)) return undefined;
  }
  return members;
}

/** A property that is not named, where there may be one. */
function extraMember(
  rules: SchemaRules,
  schema: Schema,
  members: readonly Member[],
  path: string,
): number | undefined {
  const { text, builder } = rules;
  const names = new Set([...Object.keys(schema.properties ?? {}), ...members.map(({ name }) => name)]);
  const { additionalProperties = schema.properties === undefined } = schema;
  const value = rules.ruleFor(additionalProperties, pathTo(path, 'additionalProperties'));
  if (value === undefined) return undefined;
  const name = names.size === 0 ? [text.string()] : [...quote, otherName(rules, [...names].toSorted(), 0)];
  return builder.add([[...name, ...literal(':'), text.space(), value]]);
}

/**
 * The rest of a name, with its closing quote, that is none of these. Nothing in it is escaped, so that none of them can
 * be written in another way.
 *
 * @param names sorted, alike in their first `shared` code units
 */
function otherName(rules: SchemaRules, names: readonly string[], shared: number): number {
  const { builder } = rules;
  const anything = rules.plainText();
  const groups = new Map<number, string[]>();
  for (const name of names) {
    const next = name.codePointAt(shared);
    if (next === undefined) continue;
    const group = groups.get(next);
    if (group === undefined) groups.set(next, [name]);
    else group.push(name);
  }
  const others = without(plainCharacters, [...groups.keys()]);
  const alternatives: Sequence[] = [[others, anything]];
  if (!names.some((name) => name.length === shared)) alternatives.push(quote);
  for (const [next, group] of groups) {
    // Characters that have to be escaped are in no other name.
    if (without([[next, next]], []).length === 0 || !isPlain(next)) continue;
    alternatives.push([[[next, next]], otherName(rules, group, shared + (next > 0xffff ? 2 : 1))]);
  }
  return builder.add(alternatives);
}

function isPlain(codePoint: number): boolean {
  return plainCharacters.some(([low, high]) => low <= codePoint && codePoint <= high);
}

function without(set: CharacterSet, codePoints: readonly number[]): CharacterSet {
  const excluded = codePoints.toSorted((one, other) => one - other);
  const left: [number, number][] = [];
  for (const [low, high] of set) {
    let next = low;
    for (const codePoint of excluded) {
      if (codePoint < next || codePoint > high) continue;
      if (codePoint > next) left.push([next, codePoint - 1]);
      next = codePoint + 1;
    }
    if (next <= high) left.push([next, high]);
  }
  return characterSet(left);
}
