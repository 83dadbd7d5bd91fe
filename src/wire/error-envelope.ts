// The body of every refusal: OpenAI's envelope, so that their clients show it well, plus our stable code and the fix.

export type ErrorType =
  | 'invalid_request_error'
  | 'authentication_error'
  | 'permission_error'
  | 'rate_limit_error'
  | 'server_error';

export type ErrorEnvelope = {
  readonly error: {
    readonly message: string;
    readonly type: ErrorType;
    /** The field at fault, where there is one. */
    readonly param: string | null;
    readonly code: string;
    /** Our own code, listed in docs/errors.md. */
    readonly tgl_code: string;
    readonly fix: string;
    readonly request_id: string;
  };
};
