// The one way in which a request is told of an error: in the words of the dialect that its path belongs to.
import type { IncomingMessage } from 'node:http';
import type { GatewayContext } from '../context.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { dialects } from '../dialects/dialects.ts';
import type { GatewayRequest } from '../request.ts';
import { sendJson } from './send-json.ts';

/** Before the first byte of an answer. A body that was not read is not waited for. */
export function answerError(
  { answerTo, limits }: Pick<GatewayContext, 'answerTo' | 'limits'>,
  { id, raw, response }: GatewayRequest,
  error: unknown,
): void {
  // A body that will never be whole belongs to a client that has gone, which is no error of anybody.
  const hasLeft = raw.destroyed && !raw.complete;
  if (hasLeft || response.headersSent || response.destroyed) return;
  const { status, headers, envelope } = answerTo(error, id);
  const { requestIdHeader, refusal } = wordsFor(raw.url ?? '');
  const unread = raw.complete || !hasBody(raw) ? {} : { connection: 'close' };
  const all = { ...headers, ...unread, [requestIdHeader]: id };
  sendJson(response, status, all, refusal(envelope), limits.writeStallMs);
}

type Words = Pick<Dialect, 'requestIdHeader' | 'refusal'>;

const plainWords: Words = { requestIdHeader: 'x-request-id', refusal: (envelope) => envelope };

/** Those of the dialect that the path belongs to; OpenAI's where it belongs to none. */
function wordsFor(url: string): Words {
  const near = dialects.find(({ path }) => url.startsWith(path.startsWith('/api/') ? '/api/' : path));
  return near ?? plainWords;
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}
