// Errors of the guard: its states, calibrations and logs of traffic.
export const guardErrors = {
  TGL_GUARD_STATE_INVALID: {
    status: 500,
    retryable: false,
    publicCode: null,
    message: 'A state of the guard in the store cannot be read: {problem}.',
    fix: 'Use the version of Tiegel that wrote it; what the guard knows of that account starts anew otherwise.',
  },
  TGL_GUARD_CALIBRATION_INVALID: {
    status: 500,
    retryable: false,
    publicCode: null,
    message: 'A calibration of the guard is not used: {problem}.',
    fix: 'Make another with `tiegel guard calibrate`; until then the guard judges nobody.',
  },
  TGL_GUARD_CALIBRATION_MISSING: {
    status: 404,
    retryable: false,
    publicCode: 'not_found',
    message: 'The guard has no calibration.',
    fix: 'Make one with `tiegel guard calibrate`, on a log of honest traffic or on weeks that servers observed.',
  },
  TGL_GUARD_MEASURE_REFUSED: {
    status: 409,
    retryable: false,
    publicCode: 'conflict',
    message: 'The measure {measure} is not begun: {problem}.',
    fix: 'Read the case again; change the limit that stands there, or reopen the case, as the problem says.',
  },
  TGL_GUARD_TRAFFIC_INVALID: {
    status: 400,
    retryable: false,
    publicCode: null,
    message: 'Line {line} of the traffic log is not a request: {problem}.',
    fix: 'Write one JSON object a line, with the members that docs/guard.md names and no others.',
  },
  TGL_GUARD_EXAMINATION_INVALID: {
    status: 400,
    retryable: false,
    publicCode: null,
    message: 'The examination or evidence is not to be believed: {problem}.',
    fix: 'Make it again with `tiegel guard examine` or `tiegel guard evidence`, and check it with the keys that it was made with.',
  },
  TGL_GUARD_CASE_UNKNOWN: {
    status: 404,
    retryable: false,
    publicCode: 'not_found',
    message: 'The organisation has no case {received}.',
    fix: 'List the cases with `tiegel guard cases`.',
  },
} as const;
