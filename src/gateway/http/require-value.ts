// The checked value of a body, or the refusal that names what is wrong with it.
import { TiegelError } from '../../base/index.ts';
import type { Parsed } from '../../wire/index.ts';

/** @throws TGL_REQUEST_INVALID */
export function requireValue<Value>(read: Parsed<Value>): Value {
  if (read.problem === undefined) return read.value;
  const { field, sentence } = read.problem;
  throw new TiegelError('TGL_REQUEST_INVALID', { field, problem: sentence });
}
