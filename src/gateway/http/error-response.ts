// The one boundary where errors become HTTP answers. Expected errors with a public code keep their text; every other one
// becomes TGL_INTERNAL with the request's id, and its cause stands in the log alone.
import { TiegelError } from '../../base/index.ts';
import type { ErrorEnvelope, ErrorType } from '../../wire/index.ts';

export type ErrorResponse = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly envelope: ErrorEnvelope;
  /** The cause to be logged, where the client is not told it. */
  readonly hidden?: unknown;
};

/** How an error that ended a request is answered. `bodyBytes` is the limit to be named for too large a body. */
export function errorResponse(thrown: unknown, requestId: string, bodyBytes = 0): ErrorResponse {
  const known = expectedError(thrown, bodyBytes);
  if (known !== undefined && known.publicCode !== null) return respond(known, requestId);
  return { ...respond(new TiegelError('TGL_INTERNAL'), requestId), hidden: thrown };
}

function respond(error: TiegelError, requestId: string): ErrorResponse {
  const { field, retryAfterMs, allow } = error.details;
  return {
    status: error.status,
    headers: {
      // Read by OpenAI's clients, which would repeat every 5xx otherwise.
      'x-should-retry': String(error.retryable),
      ...(typeof retryAfterMs === 'number' && {
        'retry-after': String(Math.ceil(retryAfterMs / 1000)),
        'retry-after-ms': String(Math.ceil(retryAfterMs)),
      }),
      ...(typeof allow === 'string' && { allow }),
    },
    envelope: {
      error: {
        message: error.message,
        type: typeOf(error.status),
        param: typeof field === 'string' && field !== '' ? field : null,
        code: error.publicCode ?? '',
        tgl_code: error.code,
        fix: error.fix,
        request_id: requestId,
      },
    },
  };
}

function typeOf(status: number): ErrorType {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status < 500 ? 'invalid_request_error' : 'server_error';
}

/** A TiegelError as it is, one of Fastify's refusals translated, undefined for anything else. */
function expectedError(thrown: unknown, bodyBytes: number): TiegelError | undefined {
  if (TiegelError.isInstance(thrown)) return thrown;
  const { code, statusCode } = (thrown ?? {}) as { readonly code?: unknown; readonly statusCode?: unknown };
  if (typeof code !== 'string' || !code.startsWith('FST_ERR_')) return undefined;
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new TiegelError('TGL_REQUEST_INVALID', { problem: 'The body must be of type application/json.' });
  }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new TiegelError('TGL_REQUEST_TOO_LARGE', { limit: bodyBytes });
  if (typeof statusCode === 'number' && statusCode < 500) {
    return new TiegelError('TGL_REQUEST_INVALID', { problem: 'The request could not be read.' });
  }
  return undefined;
}
