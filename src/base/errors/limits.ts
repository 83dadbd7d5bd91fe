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
} as const;
