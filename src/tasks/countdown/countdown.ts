// Countdown with three or four numbers: reach the target with + - *, each number used exactly once, or say that it cannot be
// reached. Any expression of three numbers is (x ? y) ? z, so leaving out each number in turn and asking what the other two would
// have to make finds a solution whenever there is one. With four numbers, and in demonstrations, guesses are tried in turn.
import { firstAccepted, type Random } from '../../base/index.ts';
import { checkDifficulty, type DifficultyRanges } from '../difficulty.ts';
import { evaluateExpression } from '../expression.ts';
import { countdownWordings, listed } from '../more-wordings.ts';
import { drawProblem } from '../split.ts';
import type { Language, Task, Verification } from '../task.ts';
import { demonstrate, guessesText } from './demonstration.ts';
import { guessesAt, reachableValues } from './guesses.ts';
import { countdownPrompt, countdownPromptVariants } from './prompts.ts';
import { readGuesses } from './read-guesses.ts';
import { type Hit, renderHit, renderSearch, search } from './search.ts';
import { verdicts } from './verdicts.ts';

export type CountdownProblem = {
  /** Three or four numbers in the order of the prompt; some may be equal. */
  readonly numbers: readonly number[];
  readonly target: number;
};

export type CountdownDifficulty = {
  /** Smallest number, 1 to 25. */
  readonly lowest: number;
  /** Largest number, 1 to 25, not below `lowest`. */
  readonly highest: number;
  /** Largest target, 1 to 99; targets start at 1. */
  readonly targetHighest: number;
  /** How many numbers, 3 or 4. */
  readonly numbers: number;
  /** Problems out of a hundred that cannot be solved. */
  readonly unsolvable: number;
};

const ranges: DifficultyRanges<CountdownDifficulty> = {
  lowest: [1, 25],
  highest: [1, 25],
  targetHighest: [1, 99],
  numbers: [3, 4],
  unsolvable: [0, 100],
};

/** The flagship task: many answers are right, the checker is independent of the solver, and the search is visible. */
export const countdown: Task<CountdownProblem, CountdownDifficulty> = {
  name: 'countdown',
  verifierVersion: 'countdown-2',
  defaultDifficulty: { lowest: 1, highest: 12, targetHighest: 99, numbers: 3, unsolvable: 0 },
  promptVariants: countdownPromptVariants,
  generate: (seed, index, { split, subset, difficulty = countdown.defaultDifficulty } = {}) => {
    checkDifficulty('countdown', difficulty, ranges, ['lowest', 'highest']);
    const draw = (random: Random): CountdownProblem | null => drawCountdown(random, difficulty);
    return drawProblem({ task: 'countdown', stream: 1, canonical: countdown.canonical, draw }, seed, index, {
      split,
      subset,
    });
  },
  canonical: ({ numbers, target }) => `countdown ${numbers.toSorted((a, b) => a - b).join(' ')} = ${target}`,
  prompt: countdownPrompt,
  wordings: countdownWordings,
  parts: ({ numbers, target }, language) => ({
    target,
    all: listed(numbers, language),
    numbers: numbers.join(' '),
  }),
  trace: countdownTrace,
  solution: (problem, language) => {
    const hit = shortHitOf(problem);
    return hit === null ? countdownTrace(problem, language) : renderHit(hit, problem.target);
  },
  answer: (problem, language) => {
    const expression = solutionOf(problem);
    return expression === undefined ? cannotBeMade[language] : `${expression} = ${problem.target}`;
  },
  verify: verifyCountdown,
  demonstrate,
  readTrace: readGuesses,
  isSolvable,
  givenUp: (language) => verdicts[language].no,
  problemsWith: (numbers) =>
    numbers.length < 4 || numbers.length > 5
      ? []
      : [
          { numbers: numbers.slice(0, -1), target: numbers.at(-1) as number },
          { numbers: numbers.slice(1), target: numbers[0] as number },
        ],
};

/** What is said of a target that cannot be made, besides a plain no. */
const cannotBeMade: Readonly<Record<Language, string>> = {
  en: 'It cannot be made.',
  de: 'Das geht nicht.',
};

const saysThereIsNone: ReadonlySet<string> = new Set([
  ...Object.values(verdicts).map(({ no }) => no),
  ...Object.values(cannotBeMade),
]);

/** Draws after which a difficulty is taken to have no problem of the kind. */
const drawsPerKind = 200;

/** Guesses that the trace of a problem with four numbers shows, the last of them the solution if there is one. */
const mostGuessesShown = 12;

// The target is drawn uniformly from 1 to targetHighest and kept if it can be reached: small and large targets then
// occur equally often, unlike with random expressions.
function drawCountdown(
  random: Random,
  { lowest, highest, targetHighest, numbers: count, unsolvable }: CountdownDifficulty,
): CountdownProblem | null {
  // The kind is drawn first and kept until a problem of it is found, so that the share is the one that was asked for.
  const wantsSolution = unsolvable === 0 || 100 * random.next() >= unsolvable;
  const found = firstAccepted(drawsPerKind, () => {
    const numbers = Array.from({ length: count }, () => random.integer(lowest, highest));
    const problem = { numbers, target: random.integer(1, targetHighest) };
    return isSolvable(problem) === wantsSolution ? problem : undefined;
  });
  return found ?? null;
}

/** Whether some expression makes the target. */
function isSolvable({ numbers, target }: CountdownProblem): boolean {
  return reachableValues(numbers).has(target);
}

function countdownTrace({ numbers, target }: CountdownProblem, language: Language): string {
  if (isThree(numbers)) return renderSearch(search(numbers, target), target, language);
  const guesses = guessesAt(numbers);
  const hit = guesses.findIndex(({ value }) => value === target);
  const last = hit === -1 ? mostGuessesShown : hit + 1;
  return guessesText(guesses.slice(Math.max(0, last - mostGuessesShown), last), target, language);
}

/** The expression of the first solution that is found; undefined if there is none. */
function solutionOf(problem: CountdownProblem): string | undefined {
  const hit = shortHitOf(problem);
  if (hit !== null) return expression(hit);
  const { numbers, target } = problem;
  return guessesAt(numbers).find(({ value }) => value === target)?.expression;
}

/** The solution of a problem with three numbers by the search that sets one of them aside. */
function shortHitOf({ numbers, target }: CountdownProblem): Hit | null {
  return isThree(numbers) ? (search(numbers, target).at(-1)?.hit ?? null) : null;
}

function isThree(numbers: readonly number[]): numbers is readonly [number, number, number] {
  return numbers.length === 3;
}

/** The expression of a hit without redundant brackets. */
function expression({ pair: [left, operator, right], join, leftOver }: Hit): string {
  const pair = `${left}${operator}${right}`;
  const isSum = operator !== '*';
  if (join === 'from') return `${leftOver}-${isSum ? `(${pair})` : pair}`;
  if (join === '*' && isSum) return `(${pair})*${leftOver}`;
  return `${pair}${join}${leftOver}`;
}

function verifyCountdown({ numbers, target }: CountdownProblem, answer: string): Verification {
  if (saysThereIsNone.has(answer.trim())) {
    const correct = !isSolvable({ numbers, target });
    return { correct, reason: correct ? 'it cannot be made' : 'gave up on what can be made' };
  }
  const evaluation = evaluateExpression(answer);
  if (!evaluation.readable) return { correct: false, reason: evaluation.reason };
  const { value, stated } = evaluation;
  const used = evaluation.numbers.toSorted((a, b) => a - b).join(', ');
  const given = numbers.toSorted((a, b) => a - b).join(', ');
  if (used !== given) return { correct: false, reason: `uses ${used}, given ${given}` };
  if (value !== target) return { correct: false, reason: `makes ${value}, wanted ${target}` };
  if (stated !== null && stated !== target) return { correct: false, reason: `states ${stated}` };
  return { correct: true, reason: `makes ${target} from the given numbers` };
}
