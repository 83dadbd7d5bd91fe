// What every command gets, and how it ends: a number for the shell. 0 done, 1 failed, 2 wrong usage,
// 3 inconclusive, 4 evidence that is not valid, 5 a server that does not answer as it should, 130 interrupted.

import type { ErrorCode } from '../base/index.ts';
import type { HostContext } from '../host/index.ts';
import type { Terminal } from './terminal.ts';

export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 130;

/** Its signal aborts at SIGINT or SIGTERM; progress and notes go to the terminal. */
export type CommandContext = HostContext & { readonly terminal: Terminal };

/** The reason with which an interrupted command ends. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** What the user wrote, on the command line or in a file that it names, is wrong. */
const usage: readonly ErrorCode[] = [
  ...(['TGL_USAGE', 'TGL_ENVIRONMENT_INVALID', 'TGL_POLICY_UNKNOWN', 'TGL_POLICY_INVALID'] as const),
  'TGL_DATA_POLICY_INVALID',
  'TGL_GUARD_TRAFFIC_INVALID',
  ...(['TGL_DATA_SET_INVALID', 'TGL_ATTACK_INVALID', 'TGL_LABELS_UNUSABLE'] as const),
  ...(['TGL_TASKS_INVALID', 'TGL_TRACE_INVALID', 'TGL_CALIBRATION_REUSED'] as const),
];

/** A server that the command works with does not. */
const deadServer: readonly ErrorCode[] = [
  ...(['TGL_ASSESSED_MODEL_FAILING', 'TGL_UPSTREAM_FAILED', 'TGL_UPSTREAM_TIMEOUT'] as const),
  ...(['TGL_UPSTREAM_BUSY', 'TGL_UPSTREAM_REFUSED', 'TGL_UPSTREAM_UNREADABLE'] as const),
];

/** The exit code of a command that an error ended. */
export function exitCodeOfError(code: ErrorCode): ExitCode {
  if (usage.includes(code)) return 2;
  if (code === 'TGL_ASSESSMENT_UNDECIDABLE') return 3;
  if (code === 'TGL_EVIDENCE_INVALID' || code === 'TGL_GUARD_EXAMINATION_INVALID') return 4;
  return deadServer.includes(code) ? 5 : 1;
}
