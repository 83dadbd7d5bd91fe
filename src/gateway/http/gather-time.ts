// How long a client lets the events of a stream be gathered. One that draws a few times a second is woken by each piece that arrives, which
// costs it more than to read what is in it; the first piece never waits.
import type { IncomingMessage } from 'node:http';
import { TiegelError } from '../../base/index.ts';

const name = 'x-tiegel-gather-ms';

/** More than that would look like a connection that is dead. */
const longestMs = 1000;

/** @returns milliseconds, 0 where nothing was said. @throws TGL_REQUEST_INVALID */
export function gatherMsOf({ headers }: IncomingMessage): number {
  const said = headers[name];
  if (said === undefined) return 0;
  const ms = typeof said === 'string' && /^\d{1,4}$/.test(said) ? Number(said) : Number.NaN;
  if (ms <= longestMs) return ms;
  const problem = `The header ${name} is to be a whole number of milliseconds from 0 to ${longestMs}, not ${JSON.stringify(String(said).slice(0, 40))}.`;
  throw new TiegelError('TGL_REQUEST_INVALID', { problem });
}
