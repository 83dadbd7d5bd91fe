// Verdicts, how the verdict of an assessment follows from those of probes, and its exit code: in one place, so that
// what is printed and what a script sees cannot differ.

export type Verdict = 'pass' | 'fail' | 'inconclusive';

/** A failed probe decides; one that could not run, was skipped or measured nothing blocks a pass, as does having no probes at all. */
export function overallVerdict(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('fail')) return 'fail';
  return verdicts.length === 0 || verdicts.includes('inconclusive') ? 'inconclusive' : 'pass';
}

const exitCodes: Readonly<Record<Verdict, 0 | 1 | 3>> = { pass: 0, fail: 1, inconclusive: 3 };

/**
 * The exit code of `tiegel assess`; 2 is left to usage errors.
 *
 * @example
 * import { exitCodeOf } from './src/assess/index.ts';
 * exitCodeOf('inconclusive'); // → 3
 */
export function exitCodeOf(verdict: Verdict): 0 | 1 | 3 {
  return exitCodes[verdict];
}
