// Requests to the API of the server that the page came from. The cookie of the session goes with them; no key is ever here.

import type { ErrorEnvelope } from '../../../src/wire/index.ts';

/** What the server answers instead of what was asked for. */
export class ApiError extends Error {
  readonly status: number;
  /** `TGL_…`, as docs/errors.md lists them. */
  readonly code: string;
  readonly fix: string | null;
  readonly requestId: string | null;
  /** What the answer says beside the error. */
  readonly answer: unknown;

  constructor(facts: {
    readonly status: number;
    readonly code: string;
    readonly message: string;
    readonly fix: string | null;
    readonly requestId: string | null;
    readonly answer?: unknown;
  }) {
    super(facts.message);
    this.status = facts.status;
    this.code = facts.code;
    this.fix = facts.fix;
    this.requestId = facts.requestId;
    this.answer = facts.answer;
  }
}

export type RequestOptions = {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: object;
  /** Which the request is charged to. @default the first of the person */
  readonly account?: string | undefined;
  readonly signal?: AbortSignal;
  /** Milliseconds for which the server may gather the events of a stream. */
  readonly gatherMs?: number;
};

/** @throws ApiError; a DOMException where the signal aborts */
export async function send(path: string, options: RequestOptions = {}): Promise<Response> {
  const { method = 'GET', account, signal, gatherMs } = options;
  // With the cookie of a session a server heeds a POST only as JSON, which no form of another page can send.
  const { body = method === 'POST' ? {} : undefined } = options;
  const response = await fetch(path, {
    method,
    credentials: 'same-origin',
    headers: {
      accept: 'application/json, text/event-stream',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(account !== undefined && { 'x-tiegel-account': account }),
      ...(gatherMs !== undefined && { 'x-tiegel-gather-ms': String(gatherMs) }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal !== undefined && { signal }),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw unreachable();
  });
  if (response.ok) return response;
  throw errorOf(response.status, response.headers.get('x-request-id'), await response.text());
}

/** @throws ApiError */
export async function ask<Answer>(path: string, options?: RequestOptions): Promise<Answer> {
  const response = await send(path, options);
  return (await response.json()) as Answer;
}

function unreachable(): ApiError {
  const message = 'The server does not answer.';
  return new ApiError({ status: 0, code: 'offline', message, fix: null, requestId: null });
}

/** What comes from a proxy in between may lack anything. */
type Envelope = { readonly error?: Partial<ErrorEnvelope['error']> };

function errorOf(status: number, header: string | null, text: string): ApiError {
  const answer = parsed(text);
  const { error = {} } = answer;
  return new ApiError({
    status,
    code: error.tgl_code ?? `HTTP ${status}`,
    message: error.message ?? text.slice(0, 300),
    fix: error.fix ?? null,
    requestId: error.request_id ?? header,
    answer,
  });
}

function parsed(text: string): Envelope {
  try {
    return JSON.parse(text) as Envelope;
  } catch {
    return {};
  }
}
