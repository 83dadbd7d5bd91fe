// Errors of the guard: its states, calibrations and logs of traffic.
export const guardErrors = {
  TGL_GUARD_STATE_INVALID: {
    status: 500,
    retryable: false,
    publicCode: null,
    message: 'A state of the guard in the store cannot be read: {problem}.',
    fix: 'Use the version of Tiegel that wrote it; what the guard knows of that account starts anew otherwise.',
  },
} as const;
