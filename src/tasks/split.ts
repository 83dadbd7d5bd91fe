// The train/held-out split. A problem's side is a function of its canonical text alone, so that no permuted sibling of
// a held-out problem is ever trained on, whatever the seed, the difficulty or the version of the generator.
import { digestOf, firstAccepted, type Random, seededRandom, TiegelError } from '../base/index.ts';
import type { Split, Subset } from './task.ts';

/** One problem in eight is held out: the smallest task then still has more than 400 distinct held-out problems. */
const heldOutPer256 = 32;

const maxDraws = 10_000;

/** The side of the split that a canonical text belongs to. */
export function splitOf(canonical: string): Split {
  return Number.parseInt(digestOf(canonical).slice(0, 2), 16) < heldOutPer256 ? 'held-out' : 'train';
}

/** The position of a problem on its side, in [0, 1), also a function of its canonical text alone. */
function positionOf(canonical: string): number {
  return Number.parseInt(digestOf(canonical).slice(2, 10), 16) / 2 ** 32;
}

/** What `drawProblem` needs from a task. `draw` may return null if what it drew is not a problem. */
export type Draw<Problem> = {
  readonly task: string;
  /** Separates the random streams of tasks that are generated from the same seed. */
  readonly stream: number;
  readonly canonical: (problem: Problem) => string;
  readonly draw: (random: Random) => Problem | null;
};

/**
 * The problem at (seed, index) on the wanted side: draws from the stream of (seed, task, index) until one fits.
 *
 * @throws TGL_DIFFICULTY_INVALID when the difficulty leaves (almost) nothing on that side
 */
export function drawProblem<Problem>(
  { task, stream, canonical, draw }: Draw<Problem>,
  seed: number,
  index: number,
  { split = 'train', subset }: { readonly split: Split | undefined; readonly subset: Subset | undefined },
): Problem {
  const random = seededRandom(seed, stream, index);
  const found = firstAccepted(maxDraws, () => {
    const problem = draw(random);
    if (problem === null) return undefined;
    const text = canonical(problem);
    if (splitOf(text) !== split) return undefined;
    return subset === undefined || isWithin(subset, positionOf(text)) ? { problem } : undefined;
  });
  if (found !== undefined) return found.problem;
  throw new TiegelError('TGL_DIFFICULTY_INVALID', {
    task,
    problem: `no ${split} problem was found in ${maxDraws} draws`,
  });
}

function isWithin({ from, below }: Subset, position: number): boolean {
  return position >= from && position < below;
}
