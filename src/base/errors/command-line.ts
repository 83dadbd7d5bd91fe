// Errors of the command line and its environment.
export const commandLineErrors = {
  TGL_USAGE: {
    status: 400,
    retryable: false,
    publicCode: null,
    message: '{problem}',
    fix: 'Run the command with --help for its arguments and an example.',
  },
  TGL_ENVIRONMENT_INVALID: {
    status: 400,
    retryable: false,
    publicCode: null,
    message: 'The environment variable {name} is {received}; expected {expected}.',
    fix: 'Correct the variable or unset it to use the default.',
  },
  TGL_FILE_NOT_FOUND: {
    status: 404,
    retryable: false,
    publicCode: null,
    message: 'There is no readable file at {path} ({reason}).',
    fix: 'Check the path and the permissions of the file.',
  },
  TGL_DISK_FULL: {
    status: 507,
    retryable: true,
    publicCode: 'insufficient_storage',
    message: 'The disk that holds {path} has no room left; the file there is unchanged.',
    fix: 'Free some space, then run the command again; completed work was kept.',
  },
  TGL_FILE_NOT_WRITABLE: {
    status: 500,
    retryable: false,
    publicCode: null,
    message: '{path} cannot be written: {reason}.',
    fix: 'Name a place that exists and where this user may write.',
  },
  TGL_DIGEST_INVALID: {
    status: 400,
    retryable: false,
    publicCode: null,
    message: 'A SHA-256 digest has 64 lower-case hexadecimal digits; got {received}.',
    fix: 'Copy the digest from `tiegel up --json` or from the manifest.',
  },
} as const;
