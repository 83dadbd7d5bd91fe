// Scripts tell by the exit code whose fault it was.
import { expect, test } from 'vitest';
import { exitCodeOfError } from './command.ts';

test.each([
  ['TGL_USAGE', 2],
  ['TGL_POLICY_INVALID', 2],
  ['TGL_POLICY_UNKNOWN', 2],
  ['TGL_EVIDENCE_INVALID', 4],
  ['TGL_UPSTREAM_FAILED', 5],
  ['TGL_ASSESSED_MODEL_FAILING', 5],
  ['TGL_DISK_FULL', 1],
] as const)('%s ends with %i', (code, exitCode) => {
  expect(exitCodeOfError(code)).toBe(exitCode);
});
