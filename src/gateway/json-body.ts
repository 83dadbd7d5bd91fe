// The body of a request as a JSON value. Bytes that are not UTF-8 are refused instead of replaced, since what is checked
// and what the model reads must be the same text.
import { isUtf8 } from 'node:buffer';
import { TiegelError } from '../base/index.ts';

/** @throws TGL_REQUEST_INVALID for anything but one JSON value in UTF-8. */
export function parseJsonBody(body: Buffer): unknown {
  if (!isUtf8(body)) throw new TiegelError('TGL_REQUEST_INVALID', { problem: 'The body is not UTF-8.' });
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new TiegelError('TGL_REQUEST_INVALID', { problem: 'The body is not valid JSON.' }, { cause });
  }
}
