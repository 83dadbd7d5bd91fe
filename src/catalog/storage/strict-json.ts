// JSON files with exactly one valid text per value: sorted keys, two spaces, one newline at the end. Anything else,
// such as one flipped byte of white space or a repeated key, is refused instead of being read generously.
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { canonicalJson, type Json, TiegelError } from '../../base/index.ts';

/** Called with a sentence on what is wrong; throws the error of the file that is being read. */
export type Refuse = (problem: string) => never;

/** The one text of a value, readable by people. */
export function strictJson(value: Json): string {
  return `${JSON.stringify(JSON.parse(canonicalJson(value)), null, 2)}\n`;
}

/** The value of a file of at most `limit` bytes, or undefined where there is none. */
export function readStrictJson(path: string, limit: number, refuse: Refuse): Json | undefined {
  const bytes = readBytes(path, limit, refuse);
  return bytes === undefined ? undefined : parseStrictJson(bytes, refuse);
}

class Unreadable extends Error {}

/** For files that somebody may have damaged without harm: what reads them stands within `whereReadable`. */
export const unreadable: Refuse = (problem) => {
  throw new Unreadable(problem);
};

/** What was read, or the problem that `unreadable` was told of. */
export function whereReadable<Value>(
  read: () => Value,
): { readonly value: Value } | { readonly problem: string } {
  try {
    return { value: read() };
  } catch (cause) {
    if (cause instanceof Unreadable) return { problem: cause.message };
    throw cause;
  }
}

/** The value of such a file whose bytes are at hand. */
export function parseStrictJson(bytes: Uint8Array, refuse: Refuse): Json {
  const text = decode(bytes, refuse);
  const value = parse(text, refuse);
  if (isDeeper(value, maxLevels)) refuse(`it is nested more than ${maxLevels} levels deep`);
  return strictJson(value) === text ? value : refuse('its text is not the canonical one');
}

function readBytes(path: string, limit: number, refuse: Refuse): Uint8Array | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    return code === 'ENOENT' ? undefined : refuse(`it cannot be opened (${code})`);
  }
  try {
    const entry = fstatSync(file);
    if (!entry.isFile()) refuse('it is not a file');
    if (entry.size > limit) refuse(`it has ${entry.size} bytes; at most ${limit} are allowed`);
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

function decode(bytes: Uint8Array, refuse: Refuse): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuse('it is not UTF-8');
  }
}

function parse(text: string, refuse: Refuse): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return refuse('it is not JSON');
  }
}

/** Far more than any file here has; without a limit, hostile brackets would exhaust the stack. */
const maxLevels = 16;

function isDeeper(value: Json, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member: Json) => isDeeper(member, levels - 1));
}

/** The members of an object that has exactly these keys. */
export function members<Key extends string>(
  value: unknown,
  where: string,
  keys: readonly Key[],
  refuse: Refuse,
): Readonly<Record<Key, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    refuse(`${where} is not an object`);
  const found = Object.keys(value as object).sort();
  if (found.join() !== [...keys].sort().join()) {
    refuse(`${where} has the keys ${found.join(', ').slice(0, 100)}; expected ${keys.join(', ')}`);
  }
  return value as Readonly<Record<Key, unknown>>;
}

/** A text of at most `longest` UTF-16 code units. */
export function text(value: unknown, where: string, longest: number, refuse: Refuse): string {
  if (typeof value !== 'string') return refuse(`${where} is not a text`);
  return value.length <= longest ? value : refuse(`${where} is longer than ${longest} characters`);
}

/** What a parser makes of a value, whose error becomes the one of the file that is being read. */
export function parseOrRefuse<Value>(parse: () => Value, refuse: Refuse): Value {
  try {
    return parse();
  } catch (cause) {
    return TiegelError.isInstance(cause) ? refuse(cause.message) : refuse('it cannot be read');
  }
}

/** A list of at most so many values. */
export function list(value: unknown, where: string, most: number, refuse: Refuse): readonly unknown[] {
  if (!Array.isArray(value)) return refuse(`${where} is not a list`);
  return value.length <= most ? value : refuse(`${where} has more than ${most} entries`);
}

/** A finite number. */
export function finite(value: unknown, where: string, refuse: Refuse): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : refuse(`${where} is not a number`);
}

/** A time in the one ISO 8601 form that `toISOString` writes. */
export function time(value: unknown, where: string, refuse: Refuse): string {
  const milliseconds = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  const valid = !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString() === value;
  return valid ? (value as string) : refuse(`${where} is not a time in ISO 8601`);
}
