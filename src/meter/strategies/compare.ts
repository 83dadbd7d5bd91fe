// Strategies beside a baseline, task by task: what each gets right, what it costs per correct answer, and whether it is no worse.
// A strategy is selected on one set of tasks and reported on another.
import type { Random } from '../../base/index.ts';
import { type NonInferiority, pairedRatio, type Ratio, testNonInferiority } from '../../stats/index.ts';
import type { Replayed } from './replay.ts';

export type Comparison = {
  /** Share of the tasks that are answered right, in [0, 1]. */
  readonly accuracy: number;
  readonly tokensPerTask: number;
  readonly samplesPerTask: number;
  /** Its accuracy less the baseline's. */
  readonly difference: NonInferiority;
  /** Its tokens per correct answer over the baseline's. */
  readonly costRatio: Ratio;
};

/**
 * @param margin of non-inferiority, as a share
 * @param families of candidates that are tried beside each other: the chance of an error is shared out among them
 * @throws TypeError unless both are results on the same tasks, in one order
 */
export function compareWithBaseline(
  results: readonly Replayed[],
  baseline: readonly Replayed[],
  margin: number,
  random: Random,
  { families = 1, resamples }: { readonly families?: number; readonly resamples?: number | undefined } = {},
): Comparison {
  if (results.length !== baseline.length || results.some(({ task }, index) => task !== baseline[index]?.task))
    throw new TypeError('strategies can be compared on the same tasks only');
  const pairs = results.map((result, index) => ({ result, base: baseline[index] as Replayed }));
  const clusterOf = ({ tokens, correct }: Replayed) => ({ numerator: tokens, denominator: correct });
  return {
    accuracy: meanOf(results, ({ correct }) => correct),
    tokensPerTask: meanOf(results, ({ tokens }) => tokens),
    samplesPerTask: meanOf(results, ({ samples }) => samples),
    difference: testNonInferiority(
      pairs.map(({ result, base }) => result.correct - base.correct),
      margin,
      random,
      resamples,
      0.05 / families,
    ),
    costRatio: pairedRatio(
      pairs.map(({ result, base }) => ({ first: clusterOf(result), second: clusterOf(base) })),
      random,
      resamples,
      0.05 / families,
    ),
  };
}

function meanOf(results: readonly Replayed[], figureOf: (result: Replayed) => number): number {
  return results.reduce((sum, result) => sum + figureOf(result), 0) / results.length;
}

/**
 * The last candidate whose bound passes before the first that fails, in an order from safe to cheap that was fixed beforehand
 * (fixed-sequence testing; Angelopoulos et al., "Learn then Test", 2021): the chance to choose one that is worse than the
 * margin stays at 5 %, however many candidates there are. Null where the first one fails.
 */
export function lastPassing<Candidate>(
  candidates: readonly { readonly candidate: Candidate; readonly difference: NonInferiority }[],
): Candidate | null {
  let passed: Candidate | null = null;
  for (const { candidate, difference } of candidates) {
    if (!difference.shown) return passed;
    passed = candidate;
  }
  return passed;
}
