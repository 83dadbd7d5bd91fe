// What is wrong with a request, in one sentence that names the field, the value received and what was expected.
// Only the first problem is reported: the ones after it are often its consequences.
import type { z } from 'zod';
import { unsupportedMedium } from './media-parts.ts';
import { fieldReaderOf } from './present-fields.ts';

export type RequestProblem = {
  /** Path of the field as a client would write it, such as `messages[0].content`; empty for the body itself. */
  readonly field: string;
  readonly sentence: string;
};

export type Parsed<Value> =
  | {
      readonly value: Value;
      /** Fields that were left out because nobody knows them, where that was wanted. */
      readonly ignored: readonly string[];
      readonly problem?: undefined;
    }
  | { readonly problem: RequestProblem };

/** What becomes of fields that a schema does not know. */
export type UnknownFields = 'refuse' | 'ignore';

/**
 * Checks `input` against a schema whose messages complete the phrase "expected …".
 *
 * @example
 * import { chatCompletionRequest, parseWith } from './src/wire/index.ts';
 * parseWith(chatCompletionRequest, { model: 'm', messages: [], n: 2 }).problem?.field; // → 'messages'
 */
export function parseWith<Value>(
  schema: z.ZodType<Value>,
  input: unknown,
  unknownFields: UnknownFields = 'refuse',
): Parsed<Value> {
  const value = fieldReaderOf(schema)(input);
  if (value !== undefined) return { value, ignored: [] };
  const result = schema.safeParse(input);
  if (result.success) return { value: result.data, ignored: [] };
  const { issues } = result.error;
  const [first] = unknownFields === 'refuse' ? issues : issues.filter((issue) => !isUnknownField(issue));
  if (first !== undefined) return { problem: problemOf(first, input) };
  const unknown = issues.filter(isUnknownField);
  const known = schema.safeParse(withoutFields(input, unknown));
  if (known.success) return { value: known.data, ignored: unknown.flatMap(fieldsOf) };
  return { problem: problemOf(known.error.issues[0] as z.core.$ZodIssue, input) };
}

type UnknownFieldIssue = z.core.$ZodIssueUnrecognizedKeys;

function isUnknownField(issue: z.core.$ZodIssue): issue is UnknownFieldIssue {
  return issue.code === 'unrecognized_keys';
}

/** A copy without the fields that the issues name. */
function withoutFields(input: unknown, issues: readonly UnknownFieldIssue[]): unknown {
  const copy = structuredClone(input);
  for (const { path, keys } of issues) {
    const holder = valueAt(copy, path) as Record<string, unknown>;
    for (const key of keys) delete holder[key];
  }
  return copy;
}

function fieldsOf({ path, keys }: UnknownFieldIssue): readonly string[] {
  return keys.map((key) => fieldName([...path, key]));
}

function problemOf(issue: z.core.$ZodIssue, input: unknown): RequestProblem {
  if (issue.code === 'invalid_union') {
    const inner = likeliest(issue.errors);
    if (inner !== undefined) return problemOf({ ...inner, path: [...issue.path, ...inner.path] }, input);
  }
  if (isUnknownField(issue)) {
    const key = issue.keys[0] ?? '';
    const field = fieldName([...issue.path, key]);
    const received = show(valueAt(input, [...issue.path, key]));
    return { field, sentence: `The field ${field} is not supported (received ${received}).` };
  }
  const field = fieldName(issue.path);
  const medium = issue.code === 'custom' ? issue.params?.[unsupportedMedium] : undefined;
  if (typeof medium === 'string') return { field, sentence: mediumSentence(field, medium, input) };
  const subject = field === '' ? 'The body' : `The field ${field}`;
  const received = valueAt(input, issue.path);
  return {
    field,
    sentence:
      received === undefined
        ? `${subject} is missing; expected ${issue.message}.`
        : `${subject} is ${show(received)}; expected ${issue.message}.`,
  };
}

function mediumSentence(field: string, medium: string, input: unknown): string {
  const model = valueAt(input, ['model']);
  const name = typeof model === 'string' ? shorten(model) : 'this model';
  const subject = medium.charAt(0).toUpperCase() + medium.slice(1);
  return `${subject} are not supported by ${name}, which reads text only (received in ${field}).`;
}

/**
 * Of the branches of a union, each with its issues, the first issue of the one that was meant: whose `type` fits, and whose
 * fault lies deepest. Undefined where nothing points to any of them.
 */
function likeliest(branches: readonly (readonly z.core.$ZodIssue[])[]): z.core.$ZodIssue | undefined {
  let deepest: z.core.$ZodIssue | undefined;
  for (const issues of branches) {
    if (issues.some(({ path }) => path.length === 1 && path[0] === 'type')) continue;
    const [issue] = issues;
    if (issue !== undefined && issue.path.length > (deepest?.path.length ?? 0)) deepest = issue;
  }
  return deepest;
}

function fieldName(path: readonly PropertyKey[]): string {
  let name = '';
  for (const part of path) {
    name += typeof part === 'number' ? `[${part}]` : `${name === '' ? '' : '.'}${shorten(String(part))}`;
  }
  return name;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}

/** The value as JSON where it is short and flat; its kind and size otherwise. */
function show(value: unknown): string {
  if (typeof value === 'string') {
    return value.length <= 60 ? JSON.stringify(value) : `a string of ${value.length} characters`;
  }
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}

function shorten(name: string): string {
  const wellFormed = name.toWellFormed();
  return wellFormed.length <= 60 ? wellFormed : `${wellFormed.slice(0, 60)}…`;
}
