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
  TGL_LEDGER_UNAVAILABLE: {
    status: 503,
    retryable: true,
    publicCode: 'ledger_unavailable',
    message: 'What requests use cannot be written to the ledger at this moment: {reason}.',
    fix: 'Send the request again later; writing is tried again every second, and the operator finds the cause in the log.',
  },
  TGL_LEDGER_DAMAGED: {
    status: 500,
    retryable: false,
    publicCode: null,
    message: 'The ledger does not verify: row {row} of the writer {writer} {problem}.',
    fix: 'Keep a copy of the store as it is, and compare it with a backup from before that row was written.',
  },
} as const;
