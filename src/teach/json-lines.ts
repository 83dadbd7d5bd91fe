// Files of JSON lines in a run directory: appended to while a stage runs, read back by a resumed run and by reports. Every
// line is checked against a schema; any other line is refused with its file and number.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { onDisk, TiegelError, writeFileAtomically } from '../base/index.ts';

/** Appends one JSON line. @throws TGL_DISK_FULL */
export function appendLine(path: string, value: unknown): void {
  onDisk(path, () => appendFileSync(path, `${JSON.stringify(value)}\n`));
}

/**
 * The lines of a file that is appended to; none if it does not exist. Text after the last line break is a line that a
 * crash cut off, or one that is just being written, and is left out.
 *
 * @throws TGL_RUN_INVALID that names the file, the line and what is wrong with it
 */
export function readLines<Line>(path: string, schema: z.ZodType<Line>): readonly Line[] {
  const lines = completeLines(path);
  return lines.map((text, index) => decodeJson(path, `line ${index + 1}`, text, schema));
}

/** Replaces a file by these lines, without one that a crash cut off. @throws TGL_DISK_FULL */
export function rewriteLines(path: string, lines: readonly unknown[]): void {
  writeFileAtomically(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

/**
 * Drops the lines of what a run reported after `step`; the others keep their bytes.
 *
 * @throws TGL_RUN_INVALID for a line without a step; TGL_DISK_FULL
 */
export function rewindLines(path: string, step: number): void {
  const steps = readLines(path, numberedLine).map((line) => line.step);
  const kept = completeLines(path).filter((_, index) => (steps[index] as number) <= step);
  writeFileAtomically(path, kept.map((text) => `${text}\n`).join(''));
}

/**
 * Decodes JSON text and checks it.
 *
 * @param where the part of the file that the text is, as an error names it, such as `line 3`
 * @throws TGL_RUN_INVALID
 */
export function decodeJson<Value>(
  path: string,
  where: string,
  text: string,
  schema: z.ZodType<Value>,
): Value {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalidRunFile(path, `${where} is not JSON`, cause);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0] as z.core.$ZodIssue;
  throw invalidRunFile(path, `${where} is not what a run writes (${issue.path.join('.')}: ${issue.message})`);
}

/** The error for a file of a run that cannot be used. */
export function invalidRunFile(path: string, problem: string, cause?: unknown): TiegelError {
  return new TiegelError('TGL_RUN_INVALID', { path, problem }, { cause });
}

const numberedLine = z.looseObject({ step: z.int().min(0) });

function completeLines(path: string): readonly string[] {
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
}
