// One request and its response over an undici dispatcher, without fetch and web streams, which cost twice the CPU.
// Every wait has a deadline of its own, and every failure leaves as one of a few typed errors.
import type { Dispatcher } from 'undici';
import { type Clock, lookUp, TiegelError } from '../base/index.ts';
import { createBodyQueue } from './body-queue.ts';
import { createWaits } from './waits.ts';

/** Longest waits in milliseconds; Infinity is none. */
export type OutboundDeadlines = {
  /** Name resolution, TCP and TLS. @default 10,000 */
  readonly connectMs: number;
  /** From the sent request to the headers of the response. @default 60,000 */
  readonly firstByteMs: number;
  /** Between two pieces of the body, while somebody reads. @default 60,000 */
  readonly idleMs: number;
  /** From the first to the last moment. @default Infinity */
  readonly totalMs: number;
};

/** Where a request goes, in the parts that are needed of its URL. */
export type Target = {
  readonly url: string;
  readonly origin: string;
  readonly host: string;
  /** With the query. */
  readonly path: string;
};

export function targetOf({ href, origin, host, pathname, search }: URL): Target {
  return { url: href, origin, host, path: pathname + search };
}

export type Exchange = {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT';
  readonly target: Target;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
  readonly deadlines: OutboundDeadlines;
  readonly maxBytes: number;
  readonly signal: AbortSignal | undefined;
  readonly clock: Clock;
};

export type OutboundResponse = Disposable & {
  readonly url: string;
  readonly status: number;
  /** Lower-case names; a header that came several times is joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * The bytes, to be read once. Leaving the loop early closes the connection, as disposing the response does.
   * @throws TGL_OUTBOUND_FAILED, TGL_OUTBOUND_TIMEOUT, TGL_OUTBOUND_TOO_LARGE, or the reason of the signal
   */
  readonly body: AsyncIterableIterator<Uint8Array, undefined>;
  /** The whole body as UTF-8; instead of `body`. */
  readonly text: () => Promise<string>;
};

/** Resolves once the headers are here. Redirects are answers like any other. */
export function exchange(dispatcher: Dispatcher, request: Exchange): Promise<OutboundResponse> {
  const { deadlines, maxBytes, signal, clock } = request;
  const { host: target, url } = request.target;
  const { promise, resolve, reject } = Promise.withResolvers<OutboundResponse>();
  let controller: Dispatcher.DispatchController | undefined;
  let hasFailed = false;
  let received = 0;

  const body = createBodyQueue({
    pause: () => {
      controller?.pause();
      // Nobody waits for the other side while it is held back.
      waits.pause();
    },
    resume: () => {
      controller?.resume();
      waits.begin(deadlines.idleMs, 'go on');
    },
    cancel: () => fail(new Error('the reader has left')),
  });

  const settle = (): void => {
    waits.end();
    signal?.removeEventListener('abort', abort);
  };
  /** The first failure counts, whatever undici makes of it afterwards. */
  const fail = (reason: unknown): void => {
    if (hasFailed) return;
    hasFailed = true;
    settle();
    body.close(reason);
    reject(reason);
    controller?.abort(reason instanceof Error ? reason : new Error('aborted'));
  };
  const abort = (): void => fail(signal?.reason);
  const waits = createWaits(clock, deadlines.totalMs, (what, limitMs) =>
    fail(new TiegelError('TGL_OUTBOUND_TIMEOUT', { target, what, limitMs })),
  );
  waits.begin(deadlines.connectMs, 'accept the connection');

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart: (started) => {
      controller = started;
      if (hasFailed) controller.abort(new Error('aborted'));
      else waits.begin(deadlines.firstByteMs, 'begin to answer');
    },
    onResponseStart: (_, status, headers) => {
      // Interim answers say nothing.
      if (status < 200) return;
      const encoding = headers['content-encoding'] ?? 'identity';
      if (encoding !== 'identity') {
        return fail(failed(target, `it compressed its answer (${encoding}) without being asked to`));
      }
      waits.begin(deadlines.idleMs, 'go on');
      resolve({
        url,
        status,
        headers: joinHeaders(headers),
        body: body.reader,
        text: () => textOf(body.reader),
        [Symbol.dispose]: () => void body.reader.return?.(),
      });
    },
    onResponseData: (_, chunk) => {
      received += chunk.length;
      if (received > maxBytes) {
        return fail(new TiegelError('TGL_OUTBOUND_TOO_LARGE', { target, limit: maxBytes }));
      }
      waits.renew();
      body.push(chunk);
    },
    onResponseEnd: () => {
      settle();
      body.close();
    },
    onResponseError: (_, error) =>
      fail(TiegelError.isInstance(error) ? error : failed(target, nameOf(error), error)),
  };

  signal?.addEventListener('abort', abort);
  if (signal?.aborted) abort();
  else dispatcher.dispatch(dispatchOptions(request), handler);
  return promise;
}

function dispatchOptions({ method, target, headers, body }: Exchange): Dispatcher.DispatchOptions {
  return {
    method,
    origin: target.origin,
    path: target.path,
    headers: { 'accept-encoding': 'identity', ...headers },
    body: body ?? null,
    // Ours above are exact and say which wait it was.
    headersTimeout: 0,
    bodyTimeout: 0,
  };
}

function joinHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) joined[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return joined;
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  return Buffer.concat(await Array.fromAsync(body)).toString('utf8');
}

function failed(target: string, reason: string, cause?: unknown): TiegelError {
  return new TiegelError('TGL_OUTBOUND_FAILED', { target, reason }, { cause });
}

/** The system's code where there is one; messages of libraries may quote what the other side sent. */
function nameOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  return lookUp(reasons, error.name) ?? lookUp(reasons, code ?? '') ?? code ?? error.name;
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'it refuses connections',
  ECONNRESET: 'it cut the connection',
  UND_ERR_SOCKET: 'it cut the connection',
  ENOTFOUND: 'the name is unknown',
  EAI_AGAIN: 'the name cannot be resolved at the moment',
  UND_ERR_CONNECT_TIMEOUT: 'it did not accept the connection in time',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'it sent more or less than it had announced',
  UND_ERR_HEADERS_OVERFLOW: 'its headers are too large',
  HTTPParserError: 'it does not speak HTTP',
};
