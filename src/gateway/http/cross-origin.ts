// Pages of other origins that the operator allowed (CORS, as the Fetch standard has it): their preflights are answered, and
// their browsers are told that they may read the answers. Cookies count from pages of this server alone, so that none is allowed here, and an
// origin is named as it came, never as `*`.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

/** What a page may read of an answer beside its body. */
const readableHeaders =
  'x-request-id, request-id, retry-after, x-should-retry, x-tiegel-ignored-fields, idempotent-replayed';

/** Seconds for which a browser need not ask again. */
const preflightAge = 600;

const maxHeaders = 64;

/**
 * The same listener, which answers these methods, for a server that pages of these origins may use. Whether a request may come from where it does is for
 * `originCheck` to say, which knows the same list.
 */
export function crossOrigin(
  origins: readonly string[],
  methods: readonly string[],
  listener: RequestListener,
): RequestListener {
  const allowed = new Set(origins);
  if (allowed.size === 0) return listener;
  return (request, response) => {
    // Caches keep the answers to different origins apart.
    response.setHeader('vary', 'Origin');
    const { origin } = request.headers;
    if (origin === undefined || !allowed.has(origin.toLowerCase())) return listener(request, response);
    response.setHeader('access-control-allow-origin', origin);
    if (isPreflight(request)) return answerPreflight(request, response, methods);
    response.setHeader('access-control-expose-headers', readableHeaders);
    listener(request, response);
  };
}

function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

/** The clients of the APIs send headers of their own in great number; an origin that is allowed may send any. */
function answerPreflight(
  { headers }: IncomingMessage,
  response: ServerResponse,
  methods: readonly string[],
): void {
  const wanted = String(headers['access-control-request-headers'] ?? '').split(',');
  const names = wanted
    .map((name) => name.trim().toLowerCase())
    .filter((name) => /^[a-z0-9-]{1,64}$/.test(name));
  response.setHeader(
    'vary',
    'Origin, Access-Control-Request-Headers, Access-Control-Request-Private-Network',
  );
  response.setHeader('access-control-allow-methods', methods.join(', '));
  response.setHeader('access-control-max-age', String(preflightAge));
  if (names.length > 0)
    response.setHeader('access-control-allow-headers', names.slice(0, maxHeaders).join(', '));
  // A page on the internet that reaches for this machine.
  if (headers['access-control-request-private-network'] === 'true')
    response.setHeader('access-control-allow-private-network', 'true');
  response.writeHead(204).end();
}
