// Errors of the store of organisations, keys, limits and the ledger.
export const storeErrors = {
  TGL_STORE_LOCATION: {
    status: 400,
    retryable: false,
    publicCode: null,
    message: 'The database {received} is neither a path nor a URL of PostgreSQL.',
    fix: 'Set TIEGEL_DATABASE to a path, or to postgres://USER:PASSWORD@HOST/DATABASE.',
  },
  TGL_STORE_UNAVAILABLE: {
    status: 503,
    retryable: true,
    publicCode: 'store_unavailable',
    message: 'The store cannot be used at the moment: {reason}.',
    fix: 'Try again later; the operator finds the place of the store in the log.',
  },
  TGL_STORE_DAMAGED: {
    status: 500,
    retryable: false,
    publicCode: null,
    message: 'The store {location} is damaged: {problem}.',
    fix: 'Stop the server, keep a copy of the store, and bring back a backup with `tiegel store restore FILE`.',
  },
  TGL_STORE_NEWER: {
    status: 409,
    retryable: false,
    publicCode: null,
    message: 'The store {location} has schema {found}; this version of Tiegel knows schemas up to {known}.',
    fix: 'Use the version of Tiegel that last opened the store, or a later one.',
  },
  TGL_STORE_MIGRATION: {
    status: 500,
    retryable: false,
    publicCode: null,
    message: 'The store cannot be brought to schema {version}: {reason}. It is as it was.',
    fix: 'Go on with the version of Tiegel that last opened the store, and report this message.',
  },
  TGL_STORE_CONFLICT: {
    status: 409,
    retryable: false,
    publicCode: 'conflict',
    message:
      'The change contradicts what is stored: such a thing exists already, or what it belongs to is gone.',
    fix: 'Read what is there and send another name or identifier.',
  },
  TGL_ID_UNKNOWN: {
    status: 404,
    retryable: false,
    publicCode: 'not_found',
    message: 'There is no {kind} {received}.',
    fix: 'List what there is, and take an identifier from the list.',
  },
  TGL_KEY_ROTATING: {
    status: 409,
    retryable: false,
    publicCode: 'key_rotating',
    message: 'The key {key} is being rotated: its old secret works until {until}.',
    fix: 'Wait until then; if the new secret was lost, ask again with `again` (`tiegel key rotate {key} --again`).',
  },
  TGL_KEY_REVOKED: {
    status: 401,
    retryable: false,
    publicCode: 'invalid_api_key',
    message: 'The key of this request was revoked, or may not be used any more.',
    fix: 'Use another key.',
  },
  TGL_PEPPER_MISMATCH: {
    status: 409,
    retryable: false,
    publicCode: null,
    message: 'The keys in the store {location} were hashed with another pepper than that of this machine.',
    fix: 'Set TIEGEL_PEPPER to the content of `keys/pepper` in the data directory of the machine that made the store.',
  },
} as const;
