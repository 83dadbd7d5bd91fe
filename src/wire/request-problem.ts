// What is wrong with a request, in one sentence that names the field, the value received and what was expected.
// Only the first problem is reported: the ones after it are often its consequences.
import type { z } from 'zod';

export type RequestProblem = {
  /** Path of the field as a client would write it, such as `messages[0].content`; empty for the body itself. */
  readonly field: string;
  readonly sentence: string;
};

export type Parsed<Value> =
  | { readonly value: Value; readonly problem?: undefined }
  | { readonly problem: RequestProblem };

/** Checks `input` against a schema whose messages complete the phrase "expected …". */
export function parseWith<Value>(schema: z.ZodType<Value>, input: unknown): Parsed<Value> {
  const result = schema.safeParse(input);
  if (result.success) return { value: result.data };
  return { problem: problemOf(result.error.issues[0] as z.core.$ZodIssue, input) };
}

function problemOf(issue: z.core.$ZodIssue, input: unknown): RequestProblem {
  if (issue.code === 'unrecognized_keys') {
    const key = shorten(issue.keys[0] ?? '');
    const field = fieldName([...issue.path, key]);
    const received = show((valueAt(input, issue.path) as Record<string, unknown> | undefined)?.[key]);
    return { field, sentence: `The field ${field} is not supported (received ${received}).` };
  }
  const field = fieldName(issue.path);
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
