// Typed access to metadata: what is missing, of another type or out of range is refused with the key and its place.
import { TiegelError } from '../../base/index.ts';
import type { Gguf } from './gguf.ts';

type Range = { readonly low: number; readonly high: number };

/** The error for a metadata value that makes no sense. */
export function invalidMetadata(gguf: Gguf, key: string, problem: string): TiegelError {
  const offset = gguf.metadataOffsets.get(key) ?? 0;
  return new TiegelError('TGL_GGUF_INVALID', { problem, offset, where: `metadata ${key}` });
}

/** The error for a metadata value that may be right but that nothing here can work with. */
export function unsupportedMetadata(key: string, problem: string): TiegelError {
  return new TiegelError('TGL_GGUF_UNSUPPORTED', { problem, where: `metadata ${key}` });
}

/** @throws TGL_GGUF_INVALID */
export function requireString(gguf: Gguf, key: string): string {
  const found = gguf.metadata.get(key);
  if (found?.type === 'string') return found.value;
  throw invalidMetadata(gguf, key, `expected a string, found ${found?.type ?? 'nothing'}`);
}

/** The text, or undefined without the key. @throws TGL_GGUF_INVALID for another type. */
export function optionalString(gguf: Gguf, key: string): string | undefined {
  return gguf.metadata.has(key) ? requireString(gguf, key) : undefined;
}

/**
 * A whole number of any integer type.
 *
 * @param range both ends included.
 * @throws TGL_GGUF_INVALID
 */
export function requireInteger(gguf: Gguf, key: string, range: Range): number {
  const found = gguf.metadata.get(key);
  const value = found === undefined || found.type === 'array' ? undefined : found.value;
  const number = typeof value === 'bigint' ? Number(value) : value;
  const { low, high } = range;
  if (Number.isInteger(number) && found?.type !== 'float32' && found?.type !== 'float64') {
    const integer = number as number;
    if (integer >= low && integer <= high) return integer;
    throw invalidMetadata(gguf, key, `${value} is outside ${low} to ${high}`);
  }
  throw invalidMetadata(gguf, key, `expected an integer, found ${found?.type ?? 'nothing'}`);
}

/**
 * A floating-point number.
 *
 * @param range both ends included.
 * @throws TGL_GGUF_INVALID
 */
export function requireFloat(gguf: Gguf, key: string, range: Range): number {
  const found = gguf.metadata.get(key);
  if (found?.type !== 'float32' && found?.type !== 'float64') {
    throw invalidMetadata(gguf, key, `expected a floating-point number, found ${found?.type ?? 'nothing'}`);
  }
  if (found.value >= range.low && found.value <= range.high) return found.value;
  throw invalidMetadata(gguf, key, `${found.value} is outside ${range.low} to ${range.high}`);
}

/** @throws TGL_GGUF_INVALID */
export function requireBoolean(gguf: Gguf, key: string): boolean {
  const found = gguf.metadata.get(key);
  if (found?.type === 'bool') return found.value;
  throw invalidMetadata(gguf, key, `expected a boolean, found ${found?.type ?? 'nothing'}`);
}

/** @throws TGL_GGUF_INVALID */
export function requireStrings(gguf: Gguf, key: string): readonly string[] {
  const found = gguf.metadata.get(key);
  if (found?.type === 'array' && found.elementType === 'string') return found.value as readonly string[];
  throw invalidMetadata(gguf, key, `expected an array of strings, found ${describeType(gguf, key)}`);
}

/** @throws TGL_GGUF_INVALID */
export function requireInt32s(gguf: Gguf, key: string): Int32Array {
  const found = gguf.metadata.get(key);
  if (found?.type === 'array' && found.elementType === 'int32') return found.value as Int32Array;
  throw invalidMetadata(gguf, key, `expected an array of int32, found ${describeType(gguf, key)}`);
}

function describeType(gguf: Gguf, key: string): string {
  const found = gguf.metadata.get(key);
  if (found === undefined) return 'nothing';
  return found.type === 'array' ? `an array of ${found.elementType}` : found.type;
}

/** A value for people, cut short. */
export function shownValue(gguf: Gguf, key: string): string {
  const found = gguf.metadata.get(key);
  if (found === undefined || found.type === 'array') return describeType(gguf, key);
  const value = typeof found.value === 'bigint' ? String(found.value) : found.value;
  return JSON.stringify(value).slice(0, 200);
}
