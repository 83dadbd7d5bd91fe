// The body of a request as a JSON value. Bytes that are not UTF-8 are refused instead of replaced, since what is checked
// and what the model reads must be the same text.
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { isNestedDeeper, TiegelError } from '../../base/index.ts';
import { clientGone } from '../request.ts';

/**
 * Reads the whole body.
 *
 * @throws TGL_REQUEST_INVALID for another media type than JSON; TGL_REQUEST_TOO_LARGE; `clientGone` when the connection ends first.
 */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const { 'content-type': type = '', 'content-length': length } = request.headers;
  return new Promise((resolve, reject) => {
    if (!/^application\/json *(;|$)/i.test(type)) {
      const problem = 'The body must be of type application/json.';
      return reject(new TiegelError('TGL_REQUEST_INVALID', { problem }));
    }
    const tooLarge = (): void => reject(new TiegelError('TGL_REQUEST_TOO_LARGE', { limit }));
    if (length !== undefined && Number(length) > limit) return tooLarge();
    const pieces: Buffer[] = [];
    let bytes = 0;
    request.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > limit) return tooLarge();
      pieces.push(piece);
    });
    request.on('end', () => resolve(pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces)));
    request.on('error', () => reject(clientGone));
  });
}

/** Arrays and objects within each other: more than any schema of a tool, and few enough to walk over. */
const deepestBody = 128;

/** @throws TGL_REQUEST_INVALID for anything but one JSON value in UTF-8, and for one that is nested too deep. */
export function parseJsonBody(body: Buffer): unknown {
  if (!isUtf8(body)) throw new TiegelError('TGL_REQUEST_INVALID', { problem: 'The body is not UTF-8.' });
  const text = body.toString('utf8');
  if (isNestedDeeper(text, deepestBody)) {
    const problem = `The body is nested deeper than ${deepestBody} levels.`;
    throw new TiegelError('TGL_REQUEST_INVALID', { problem });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TiegelError('TGL_REQUEST_INVALID', { problem: 'The body is not valid JSON.' }, { cause });
  }
}
