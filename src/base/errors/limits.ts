// Errors of prices, limits and the ledger.
export const limitErrors = {
  TGL_AMOUNT_INVALID: {
    status: 400,
    retryable: false,
    publicCode: 'invalid_amount',
    message: 'An amount of money is a plain decimal number from 0 to 9007199; got {received}.',
    fix: 'Write it with a point and at most nine decimals, such as 0.55, without a sign or a currency.',
  },
  TGL_PRICE_INVALID: {
    status: 400,
    retryable: false,
    publicCode: 'invalid_price',
    message: 'The price record cannot be used: {problem}.',
    fix: 'Correct the named member of the record.',
  },
  TGL_RATE_LIMITED: {
    status: 429,
    retryable: true,
    publicCode: 'rate_limit_exceeded',
    message:
      'The request does not fit into the limit on {unit} a {period} of the {scope} {subject}: {settled} are used and {held} are held of {amount}, and it needs {needed}.',
    fix: 'Send the request again after the time in the header retry-after, or ask for a shorter reply.',
  },
  TGL_QUOTA_EXHAUSTED: {
    status: 429,
    retryable: false,
    publicCode: 'insufficient_quota',
    message:
      'The request does not fit into the limit on {unit} a {period} of the {scope} {subject}: {settled} are used and {held} are held of {amount}, and it needs {needed}. The limit begins anew {end}.',
    fix: 'Ask for a shorter reply, wait for that moment, or have whoever manages the {scope} raise the limit.',
  },
  TGL_MODEL_UNPRICED: {
    status: 403,
    retryable: false,
    publicCode: 'model_unpriced',
    message:
      'The {scope} {subject} has a limit on money, and nothing says what a token of the model {model} costs.',
    fix: 'Use a model with prices by token, or have the operator set them.',
  },
  TGL_LEDGER_UNAVAILABLE: {
    status: 503,
    retryable: true,
    publicCode: 'ledger_unavailable',
    message: 'What requests use cannot be written to the ledger at this moment: {reason}.',
    fix: 'Send the request again later; writing is tried again every second, and the operator finds the cause in the log.',
  },
  TGL_LEASES_LAPSED: {
    status: 503,
    retryable: true,
    publicCode: 'leases_lapsed',
    message:
      'This server could not renew its leases on the limits of the request in time, and ended it before others are granted what is left of them.',
    fix: 'Send the request again; the operator finds the cause in the log.',
  },
  TGL_LEDGER_DAMAGED: {
    status: 500,
    retryable: false,
    publicCode: null,
    message: 'The ledger does not verify: row {row} of the writer {writer} {problem}.',
    fix: 'Keep a copy of the store as it is, and compare it with a backup from before that row was written.',
  },
} as const;
