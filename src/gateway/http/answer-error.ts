// The one way in which a request is told of an error: in the words of the dialect that its path belongs to.
import type { IncomingMessage } from 'node:http';
import type { GatewayContext } from '../context.ts';
import { type ErrorWords, plainWords } from '../dialects/dialect.ts';
import type { GatewayRequest } from '../request.ts';
import { sendJson } from './send-json.ts';

/** Before the first byte of an answer. A body that was not read is not waited for. */
export function answerError(
  { answerTo, limits, routes }: Pick<GatewayContext, 'answerTo' | 'limits' | 'routes'>,
  request: GatewayRequest,
  error: unknown,
): void {
  const { id, raw, response } = request;
  // A body that will never be whole belongs to a client that has gone, which is no error of anybody.
  const hasLeft = raw.destroyed && !raw.complete;
  if (hasLeft || response.headersSent || response.destroyed) return;
  const { status, headers, envelope } = answerTo(error, id);
  const { requestIdHeader, refusal } = wordsFor(routes, raw.url ?? '');
  const unread = raw.complete || !hasBody(raw) ? [] : ['connection', 'close'];
  const all = request.headersWith(requestIdHeader, ...Object.entries(headers).flat(), ...unread);
  sendJson(response, status, all, refusal(envelope), limits.writeStallMs);
}

/** Those of the route that shares the most with the path from its start; OpenAI's where none shares anything. */
function wordsFor(routes: GatewayContext['routes'], url: string): ErrorWords {
  const segments = segmentsOf(url.replace(/\?.*$/s, ''));
  let words = plainWords;
  let most = 0;
  for (const route of routes) {
    const own = segmentsOf(route.path);
    const differs = own.findIndex((segment, place) => segment !== segments[place]);
    const shared = differs < 0 ? own.length : differs;
    if (shared > most) [words, most] = [route.words, shared];
  }
  return words;
}

function segmentsOf(path: string): readonly string[] {
  return path.split('/').slice(1);
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}
