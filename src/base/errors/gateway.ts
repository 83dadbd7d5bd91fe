// Errors of the HTTP server.
export const gatewayErrors = {
  TGL_UNAUTHENTICATED: {
    status: 401,
    retryable: false,
    message: 'The request carries no valid API key ({problem}).',
    fix: 'Send `Authorization: Bearer <key>` with the key that the first start printed.',
  },
  TGL_HOST_FORBIDDEN: {
    status: 403,
    retryable: false,
    message: 'The {header} header {received} is not allowed here.',
    fix: 'Call the server by the address it printed at start.',
  },
  TGL_ADDRESS_FORBIDDEN: {
    status: 400,
    retryable: false,
    message: 'Refusing to listen on {host}: {reason}.',
    fix: 'Keep the loopback address, or give both TIEGEL_KEY and --allow-remote.',
  },
  TGL_ADDRESS_IN_USE: {
    status: 409,
    retryable: true,
    message: 'The address {host}:{port} cannot be bound: {reason}.',
    fix: 'Stop the other program, or choose a port with TIEGEL_PORT (0 picks a free one).',
  },
  TGL_MODEL_REVOKED: {
    status: 403,
    retryable: false,
    message: 'The model {model} was revoked at {time}: {reason}.',
    fix: 'Use another model. The operator can lift a revocation with `tiegel revoke {model} --lift --reason WHY`.',
  },
  TGL_MODEL_REJECTED: {
    status: 403,
    retryable: false,
    message: 'The model {model} was rejected at {time} by the policy {policy}: {reason}.',
    fix: 'Use another model. Only an assessment that a policy decides can admit it again: `tiegel assess {model} --policy {policy}`.',
  },
  TGL_REQUEST_INVALID: {
    status: 400,
    retryable: false,
    message: '{problem}',
    fix: 'Correct the named field.',
  },
  TGL_REQUEST_TOO_LARGE: {
    status: 413,
    retryable: false,
    message: 'The request body is larger than {limit} bytes.',
    fix: 'Send a shorter conversation.',
  },
  TGL_ROUTE_UNKNOWN: {
    status: 404,
    retryable: false,
    message: 'There is no route {received}.',
    fix: 'GET /openapi.json lists the routes.',
  },
  TGL_REQUEST_NOT_RUNNING: {
    status: 404,
    retryable: false,
    message: 'No request {received} is running.',
    fix: 'Take the id from the x-request-id header of a reply that has not ended.',
  },
  TGL_THINKING_NOT_ENDABLE: {
    status: 409,
    retryable: false,
    message:
      'The thinking of request {received} cannot be ended: its server renders the prompt and continues no turn.',
    fix: 'Wait, or cancel the request and ask again with a thinking budget or without thinking.',
  },
  TGL_OVERLOADED: {
    status: 429,
    retryable: true,
    message: 'All {slots} slots are busy and {waiting} requests are waiting.',
    fix: 'Send the request again in a moment.',
  },
  TGL_DRAINING: {
    status: 503,
    retryable: true,
    message: 'The server is shutting down and takes no new requests.',
    fix: 'Send the request again once the server is back.',
  },
  TGL_INTERNAL: {
    status: 500,
    retryable: false,
    message: 'Something went wrong inside Tiegel.',
    fix: 'Report it with the request id; the cause stands in the server log.',
  },
} as const;
