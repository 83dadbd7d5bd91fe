import { expect, test } from 'vitest';
import { exitCodeOf, overallVerdict } from './verdict.ts';

test.each([
  [['pass', 'pass'], 'pass', 0],
  [['pass', 'inconclusive'], 'inconclusive', 3],
  [['inconclusive', 'fail', 'pass'], 'fail', 1],
  [[], 'inconclusive', 3],
] as const)('%j make %s with exit code %i', (verdicts, overall, exitCode) => {
  expect(overallVerdict(verdicts)).toBe(overall);
  expect(exitCodeOf(overall)).toBe(exitCode);
});
