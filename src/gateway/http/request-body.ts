// The body of a request as a JSON value. Bytes that are not UTF-8 are refused instead of replaced, since what is checked
// and what the model reads must be the same text.
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { TiegelError } from '../../base/index.ts';
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

/** @throws TGL_REQUEST_INVALID for anything but one JSON value in UTF-8. */
export function parseJsonBody(body: Buffer): unknown {
  if (!isUtf8(body)) throw new TiegelError('TGL_REQUEST_INVALID', { problem: 'The body is not UTF-8.' });
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new TiegelError('TGL_REQUEST_INVALID', { problem: 'The body is not valid JSON.' }, { cause });
  }
}
