// Errors of connections to other machines.
export const outboundErrors = {
  TGL_OUTBOUND_OFFLINE: {
    status: 503,
    retryable: false,
    publicCode: null,
    message: 'Refusing to connect to {target}: Tiegel was started offline.',
    fix: 'Start without --offline, or fetch the file elsewhere and import it.',
  },
  TGL_OUTBOUND_REFUSED: {
    status: 403,
    retryable: false,
    publicCode: null,
    message: 'Refusing to connect to {target}: {problem}.',
    fix: 'Use a public https address; a server of your own needs --allow-private when it is added.',
  },
  TGL_OUTBOUND_FAILED: {
    status: 502,
    retryable: true,
    publicCode: null,
    message: 'The exchange with {target} failed: {reason}.',
    fix: 'Check the address and the network, then try again.',
  },
  TGL_OUTBOUND_TIMEOUT: {
    status: 504,
    retryable: true,
    publicCode: null,
    message: '{target} did not {what} within {limitMs} ms.',
    fix: 'Try again later, or raise the deadline if the other side is known to be slow.',
  },
  TGL_OUTBOUND_TOO_LARGE: {
    status: 502,
    retryable: false,
    publicCode: null,
    message: '{target} sent more than {limit} bytes.',
    fix: 'Check the address: what is there is not what was expected.',
  },
} as const;
