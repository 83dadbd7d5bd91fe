// Errors of measuring what correct answers cost.

export const meterErrors = {
  TGL_TASKS_INVALID: {
    status: 422,
    retryable: false,
    publicCode: null,
    message: 'The tasks {file} cannot be used: {problem}.',
    fix: 'Correct or remove these lines; `tiegel meter lint FILE` names all of them.',
  },
  TGL_TRACE_INVALID: {
    status: 422,
    retryable: false,
    publicCode: null,
    message: 'The trace {file} cannot be used at line {line}: {problem}.',
    fix: 'Correct the line; rows of `tiegel usage export`, JSON lines and CSV with at, prompt_tokens and completion_tokens are read.',
  },
  TGL_CALIBRATION_INVALID: {
    status: 409,
    retryable: false,
    publicCode: null,
    message: 'The calibration {file} cannot be used: {problem}.',
    fix: 'Calibrate the model again with `tiegel meter calibrate`.',
  },
  TGL_METER_REPORT_INVALID: {
    status: 409,
    retryable: false,
    publicCode: null,
    message: 'The report {file} cannot be used: {problem}.',
    fix: 'Measure the model again with `tiegel meter report`.',
  },
  TGL_PLAN_UNAVAILABLE: {
    status: 503,
    retryable: true,
    publicCode: 'plan_unavailable',
    message: 'Fleets cannot be simulated at the moment: {reason}.',
    fix: 'Try again later, or with fewer requests; `tiegel meter plan` simulates without a limit of time.',
  },
  TGL_CALIBRATION_REUSED: {
    status: 409,
    retryable: false,
    publicCode: null,
    message: '{count} of the {total} tasks to report on are among those that the strategy was selected on.',
    fix: 'Report on other tasks: a strategy looks better than it is on those that it was selected on.',
  },
} as const;
