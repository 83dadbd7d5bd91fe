// The exit code of a command that an error ended.
import type { ErrorCode } from '../base/index.ts';
import type { ExitCode } from './command.ts';

/** What the user wrote, on the command line or in a file that it names, is wrong. */
const usage: readonly ErrorCode[] = [
  ...(['TGL_USAGE', 'TGL_ENVIRONMENT_INVALID', 'TGL_POLICY_UNKNOWN', 'TGL_POLICY_INVALID'] as const),
  ...(['TGL_DATA_SET_INVALID', 'TGL_ATTACK_INVALID', 'TGL_LABELS_UNUSABLE'] as const),
];

/** A server that the command works with does not. */
const deadServer: readonly ErrorCode[] = [
  ...(['TGL_ASSESSED_MODEL_FAILING', 'TGL_UPSTREAM_FAILED', 'TGL_UPSTREAM_TIMEOUT'] as const),
  ...(['TGL_UPSTREAM_BUSY', 'TGL_UPSTREAM_REFUSED', 'TGL_UPSTREAM_UNREADABLE'] as const),
];

export function exitCodeOfError(code: ErrorCode): ExitCode {
  if (usage.includes(code)) return 2;
  if (code === 'TGL_EVIDENCE_INVALID') return 4;
  return deadServer.includes(code) ? 5 : 1;
}
