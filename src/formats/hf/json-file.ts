// The JSON files beside a checkpoint, of a bounded size, checked against a schema.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { TiegelError } from '../../base/index.ts';

/** The largest published tokenizer.json has 33 MB. */
const maxFileBytes = 64 * 2 ** 20;

/** The content of a file in a directory. @throws TGL_CONVERSION_REFUSED where it is not there or not as the schema says */
export function readJsonFile<Content>(directory: string, name: string, schema: z.ZodType<Content>): Content {
  const content = readOptionalJsonFile(directory, name, schema);
  if (content === undefined) throw refused(directory, 'the file is missing', name);
  return content;
}

/** The same; undefined where the file is not there. */
export function readOptionalJsonFile<Content>(
  directory: string,
  name: string,
  schema: z.ZodType<Content>,
): Content | undefined {
  const text = readOptionalText(directory, name);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refused(directory, 'it is not JSON', name);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw refusedIssue(directory, name, value, result.error.issues[0] as z.core.$ZodIssue);
}

/** The first complaint of a schema, with the key and what stands there. */
function refusedIssue(directory: string, name: string, value: unknown, issue: z.core.$ZodIssue): TiegelError {
  const isUnknown = issue.code === 'unrecognized_keys';
  const path = isUnknown ? [...issue.path, issue.keys[0] as string] : issue.path;
  const found = path.reduce<unknown>(
    (within, key) =>
      typeof within === 'object' && within !== null && Object.hasOwn(within, key)
        ? (within as Readonly<Record<PropertyKey, unknown>>)[key]
        : undefined,
    value,
  );
  const text = JSON.stringify(found)?.slice(0, 200);
  const problem = isUnknown
    ? `the key may change what is computed and is not known; its value is ${text}`
    : `${issue.message}${text === undefined ? '' : `; it is ${text}`}`;
  return refused(directory, problem, `${name}: ${path.join('.') || 'the top level'}`);
}

/** Keys that a file may carry and that change nothing of what is read from it here. */
export function withoutEffect<Name extends string>(
  ...names: readonly Name[]
): Readonly<Record<Name, z.ZodOptional<z.ZodUnknown>>> {
  return Object.fromEntries(names.map((key) => [key, z.unknown().optional()])) as Record<
    Name,
    z.ZodOptional<z.ZodUnknown>
  >;
}

/** The text of a file; undefined where it is not there. @throws TGL_CONVERSION_REFUSED for one too large */
export function readOptionalText(directory: string, name: string): string | undefined {
  const path = join(directory, name);
  const entry = statSync(path, { throwIfNoEntry: false });
  if (!entry?.isFile()) return undefined;
  if (entry.size > maxFileBytes) throw refused(directory, `it has ${entry.size} bytes`, name);
  return readFileSync(path, 'utf8');
}

export function refused(path: string, problem: string, where: string): TiegelError {
  return new TiegelError('TGL_CONVERSION_REFUSED', { path, problem, where });
}
