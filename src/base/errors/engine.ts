// Errors of engines, on this machine and on servers.
export const engineErrors = {
  TGL_MODEL_TOO_LARGE: {
    status: 507,
    retryable: false,
    message:
      'The model {model} needs {needed} bytes with the shortest sensible context; {budget} bytes are left for it ({place}).',
    fix: 'Run `tiegel fit` with the name of its family for a variant that fits, or free some memory.',
  },
  TGL_ENGINE_START_FAILED: {
    status: 503,
    retryable: true,
    message: 'The engine for {model} did not start: {reason}.',
    fix: 'Read the reason; `tiegel doctor` checks the runtime on this machine.',
  },
  TGL_ENGINE_CRASHED: {
    status: 503,
    retryable: true,
    message: 'The engine for {model} stopped while it was working: {reason}.',
    fix: 'Send the request again; the engine restarts by itself.',
  },
  TGL_ENGINE_UNAVAILABLE: {
    status: 503,
    retryable: true,
    message: 'The engine for {model} is restarting; next attempt in {retryAfterMs} ms.',
    fix: 'Send the request again after that time.',
  },
  TGL_ENGINE_CLOSED: {
    status: 503,
    retryable: false,
    message: 'The engine for {model} has been closed.',
    fix: 'Start the server again.',
  },
  TGL_ENGINE_NO_ROOM: {
    status: 503,
    retryable: true,
    message:
      'The engine for {model} needs {needed} of {capacity} bytes, and other engines are in use: {inUse}.',
    fix: 'Send the request again when the other models are idle, or allow more memory for models.',
  },
  TGL_CAPABILITY_MISSING: {
    status: 400,
    retryable: false,
    message: 'The engine for {model} cannot do what the request asks for: {feature}.',
    fix: 'Leave it out, or use a model whose engine can.',
  },
  TGL_CONSTRAINT_INVALID: {
    status: 400,
    retryable: false,
    message: 'The JSON schema or grammar cannot be used: {problem}.',
    fix: 'Correct the schema or the grammar; docs/serve.md lists what is supported.',
  },
  TGL_PROMPT_TOO_LONG: {
    status: 400,
    retryable: false,
    message: 'The prompt has {received} tokens and the context of {model} holds {limit}.',
    fix: 'Shorten the conversation.',
  },
  TGL_SERVER_UNKNOWN: {
    status: 400,
    retryable: false,
    message: 'There is no kind of server {received}; the kinds are {known}.',
    fix: 'Name one of them; `compatible` asks for nothing that only some servers know.',
  },
  TGL_REMOTE_INVALID: {
    status: 400,
    retryable: false,
    message: 'The remote model {model} cannot be added: {problem}.',
    fix: 'Correct what is named and run `tiegel remote add` again.',
  },
  TGL_UPSTREAM_FAILED: {
    status: 502,
    retryable: true,
    message: 'The server of {model} failed: {reason}.',
    fix: 'Send the request again; where there are several replicas, another one is asked.',
  },
  TGL_UPSTREAM_TIMEOUT: {
    status: 504,
    retryable: true,
    message: 'The server of {model} did not {what} within {limitMs} ms.',
    fix: 'Send the request again once the server is less busy.',
  },
  TGL_UPSTREAM_BUSY: {
    status: 503,
    retryable: true,
    message: 'The server of {model} takes no requests at the moment; next attempt in {retryAfterMs} ms.',
    fix: 'Send the request again after that time.',
  },
  TGL_UPSTREAM_UNUSABLE: {
    status: 502,
    retryable: false,
    message: 'The server of {model} cannot be used: {problem}.',
    fix: 'Check address, key and model name of the server, then add it again with `tiegel remote add`.',
  },
} as const;
