// JSON Schema (2020-12, the part that says what may be written next) to GBNF, the grammar notation of llama.cpp.
// Everything the grammar allows satisfies the schema, but not the other way round: no properties beyond those named,
// strings and arrays of bounded length where a bound is given. What it cannot express is refused, never left out.
// Not covered: `oneOf` is taken as `anyOf`; `format` is an annotation, as in the standard.
import { lookUp, TiegelError } from '../../base/index.ts';

type Schema = Readonly<Record<string, unknown>>;

const annotations: ReadonlySet<string> = new Set(
  '$schema $id $comment $defs definitions title description default examples deprecated readOnly writeOnly format'.split(
    ' ',
  ),
);
const keywords: Readonly<Record<string, readonly string[]>> = {
  object: ['properties', 'required', 'additionalProperties'],
  array: ['items', 'minItems', 'maxItems'],
  string: ['minLength', 'maxLength'],
  integer: ['minimum', 'maximum'],
  number: [],
  boolean: [],
  null: [],
};
const deepest = 32;
const mostRules = 2000;
/** Longer strings and arrays are within the schema as well, but a grammar of that size is slow. */
const longestRepetition = 1000;

const primitives: Readonly<Record<string, string>> = {
  space: '| " " | "\\n" [ \\t]{0,20}',
  char: '[^"\\\\\\x7F\\x00-\\x1F] | "\\\\" (["\\\\/bfnrt] | "u" [0-9a-fA-F]{4})',
  string: '"\\"" char* "\\""',
  integer: '"-"? ("0" | [1-9] [0-9]{0,14})',
  number: 'integer ("." [0-9]{1,16})? ([eE] [-+]? [0-9]{1,2})?',
  boolean: '"true" | "false"',
  null: '"null"',
  member: 'string ":" space value',
  object: '"{" space (member ("," space member)*)? space "}"',
  array: '"[" space (value ("," space value)*)? space "]"',
  value: 'object | array | string | number | boolean | null',
};

/**
 * The grammar of the documents that satisfy a schema.
 *
 * @throws TGL_CONSTRAINT_INVALID for a schema that is malformed, too large, or says what a grammar cannot.
 */
export function jsonSchemaGrammar(root: Schema): string {
  const rules = new Map<string, string>(Object.entries(primitives));
  const references = new Map<string, string>();
  let named = 0;

  const refuse = (path: string, problem: string): never => {
    throw new TiegelError('TGL_CONSTRAINT_INVALID', { problem: `${problem} at ${path}` });
  };
  const define = (body: string): string => {
    const name = `r${named++}`;
    if (named > mostRules) refuse('#', `more than ${mostRules} rules are needed`);
    rules.set(name, body);
    return name;
  };

  /** The right-hand side for a schema. */
  const bodyOf = (schema: unknown, path: string, depth: number): string => {
    if (depth > deepest) refuse(path, `deeper than ${deepest} levels`);
    if (schema === true) return 'value';
    if (!isSchema(schema)) return refuse(path, 'not a schema');
    const inner = (child: unknown, name: string): string =>
      define(bodyOf(child, `${path}/${name}`, depth + 1));
    const given = Object.keys(schema).filter((key) => !annotations.has(key));
    const only = (...allowed: readonly string[]): void => {
      const other = given.find((key) => !allowed.includes(key));
      if (other !== undefined) refuse(path, `the keyword ${other} is not supported here`);
    };

    if ('$ref' in schema) {
      only('$ref');
      return referenceTo(schema.$ref, path);
    }
    if ('const' in schema) {
      only('const', 'type');
      return literal(JSON.stringify(schema.const));
    }
    if ('enum' in schema) {
      only('enum', 'type');
      if (!Array.isArray(schema.enum) || schema.enum.length === 0)
        refuse(path, 'enum is not a list of values');
      return (schema.enum as readonly unknown[]).map((value) => literal(JSON.stringify(value))).join(' | ');
    }
    for (const key of ['anyOf', 'oneOf', 'allOf']) {
      if (!(key in schema)) continue;
      only(key);
      const choices = schema[key];
      if (!Array.isArray(choices) || choices.length === 0)
        return refuse(path, `${key} is not a list of schemas`);
      if (key === 'allOf' && choices.length > 1) refuse(path, 'allOf of several schemas is not supported');
      return choices.map((choice, index) => inner(choice, `${key}/${index}`)).join(' | ');
    }
    const types = typesOf(schema, path);
    only('type', ...types.flatMap((type) => lookUp(keywords, type) ?? []));
    return types
      .map((type) => {
        const build = lookUp(builders, type);
        return build === undefined ? type : define(build(schema, path, inner));
      })
      .join(' | ');
  };

  const typesOf = (schema: Schema, path: string): readonly string[] => {
    if (schema.type === undefined) {
      if ('properties' in schema || 'required' in schema) return ['object'];
      return 'items' in schema ? ['array'] : ['value'];
    }
    const types = Array.isArray(schema.type) ? (schema.type as readonly unknown[]) : [schema.type];
    const unknown = types.find((type) => typeof type !== 'string' || !Object.hasOwn(keywords, type));
    if (unknown !== undefined || types.length === 0)
      refuse(path, `the type ${JSON.stringify(unknown)} is unknown`);
    return types as readonly string[];
  };

  const referenceTo = (reference: unknown, path: string): string => {
    if (typeof reference !== 'string' || !/^#(\/|$)/.test(reference))
      return refuse(path, '$ref leads elsewhere');
    const known = references.get(reference);
    if (known !== undefined) return known;
    const name = define('');
    references.set(reference, name);
    const steps = reference.split('/').slice(1);
    const target = steps.reduce<unknown>((node, step) => {
      const key = unescaped(step)?.replaceAll('~1', '/').replaceAll('~0', '~');
      return isSchema(node) && key !== undefined && Object.hasOwn(node, key) ? node[key] : undefined;
    }, root);
    rules.set(name, bodyOf(target, reference, 0));
    return name;
  };

  type Inner = (child: unknown, name: string) => string;

  const objectBody = (schema: Schema, path: string, inner: Inner): string => {
    const { properties = {}, required = [], additionalProperties = true } = schema;
    if (!isSchema(properties) || !Array.isArray(required))
      return refuse(path, 'properties or required are malformed');
    const names = Object.keys(properties);
    const missing = required.find((name) => !names.includes(name as string));
    if (missing !== undefined)
      refuse(path, `the required property ${JSON.stringify(missing)} is not described`);
    if (names.length === 0) return mapBody(additionalProperties, inner);
    const members = names.map((name) => ({
      rule: `${literal(JSON.stringify(name))} ":" space ${inner(properties[name], `properties/${name}`)}`,
      required: required.includes(name),
    }));
    // `rest`: members from here on when some were written before; `start`: when none was.
    let rest = '""';
    let start = '""';
    for (const member of members.toReversed()) {
      const following = `"," space ${member.rule} ${rest}`;
      const leading = `${member.rule} ${rest}`;
      start = define(member.required ? leading : `${leading} | ${start}`);
      rest = define(member.required ? following : `${following} | ${rest}`);
    }
    return `"{" space ${start} space "}"`;
  };

  const mapBody = (additional: unknown, inner: Inner): string => {
    if (additional === false) return '"{" space "}"';
    const member = `string ":" space ${inner(additional, 'additionalProperties')}`;
    return `"{" space (${member} ("," space ${member})*)? space "}"`;
  };

  const arrayBody = (schema: Schema, path: string, inner: Inner): string => {
    const [least, most] = bounds(schema.minItems, schema.maxItems, path);
    if (most === 0) return '"[" space "]"';
    const item = inner(schema.items ?? true, 'items');
    const more = `("," space ${item})${repeated(Math.max(0, least - 1), most - 1)}`;
    return `"[" space ${least > 0 ? `${item} ${more}` : `(${item} ${more})?`} space "]"`;
  };

  const stringBody = (schema: Schema, path: string): string => {
    if (schema.minLength === undefined && schema.maxLength === undefined) return 'string';
    const [least, most] = bounds(schema.minLength, schema.maxLength, path);
    return most === 0 ? '"\\"\\""' : `"\\"" char${repeated(least, most)} "\\""`;
  };

  const integerBody = ({ minimum, maximum }: Schema, path: string): string => {
    // Integers of the grammar have at most 15 digits; bounds beyond them say nothing more.
    if (minimum === 0) {
      if (!isWide(maximum, 1)) refuse(path, 'the bound maximum is not supported');
      return '"0" | [1-9] [0-9]{0,14}';
    }
    if (!isWide(minimum, -1) || !isWide(maximum, 1)) refuse(path, 'bounds of an integer are not supported');
    return 'integer';
  };

  const bounds = (least: unknown, most: unknown, path: string): readonly [number, number] => {
    const from = least ?? 0;
    const to = most ?? Number.POSITIVE_INFINITY;
    const valid = Number.isInteger(from) && (from as number) >= 0 && (to as number) >= (from as number);
    if (!valid || typeof to !== 'number') return refuse(path, 'the bounds of the length are malformed');
    if ((from as number) > longestRepetition) refuse(path, `a least length above ${longestRepetition}`);
    return [
      from as number,
      to === Number.POSITIVE_INFINITY ? to : Math.min(Math.floor(to), longestRepetition),
    ];
  };

  const builders: Readonly<Record<string, (schema: Schema, path: string, inner: Inner) => string>> = {
    object: objectBody,
    array: arrayBody,
    string: stringBody,
    integer: integerBody,
  };

  const body = bodyOf(root, '#', 0);
  return [['root', body] as const, ...rules].map(([name, rule]) => `${name} ::= ${rule}`).join('\n');
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** No bound, or one that no number of 15 digits reaches. */
function isWide(bound: unknown, sign: 1 | -1): boolean {
  return bound === undefined || (typeof bound === 'number' && bound * sign >= 1e15);
}

function repeated(least: number, most: number): string {
  if (most === Number.POSITIVE_INFINITY) return least === 0 ? '*' : `{${least},}`;
  return `{${least},${most}}`;
}

/** Text as a terminal; control characters cannot occur in JSON. */
function literal(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** A step of a reference, which is written as in a URI; undefined where it is not. */
function unescaped(step: string): string | undefined {
  try {
    return decodeURIComponent(step);
  } catch {
    return undefined;
  }
}
