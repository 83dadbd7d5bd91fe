// Countdown with three or four numbers: reach the target with + - *, each number used exactly once, or say that it cannot be
// reached. Any expression of three numbers is (x ? y) ? z, so leaving out each number in turn and asking what the other two would
// have to make finds a solution whenever there is one. With four numbers the differences of two of them are tried first, and what is not
// found that way is not claimed to be impossible. In demonstrations guesses are tried in turn.
import { firstAccepted, type Random } from '../../base/index.ts';
import { checkDifficulty, type DifficultyRanges } from '../difficulty.ts';
import { evaluateExpression } from '../expression.ts';
import { countdownWordings, listed } from '../more-wordings.ts';
import { drawProblem } from '../split.ts';
import type { Language, Task, Verification } from '../task.ts';
import { demonstrate } from './demonstration.ts';
import { reachableValues } from './guesses.ts';
import { countdownPrompt, countdownPromptVariants } from './prompts.ts';
import { readGuesses } from './read-guesses.ts';
import { type Hit, renderHit, renderSearch, search } from './search.ts';
import { type HitOfFour, hitOfFour, searchOfFourText } from './search-of-four.ts';
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
  /** Problems out of a hundred that have four numbers where `numbers` is 3; all of them can be solved. */
  readonly fourNumbers: number;
};

const ranges: DifficultyRanges<CountdownDifficulty> = {
  lowest: [1, 25],
  highest: [1, 25],
  targetHighest: [1, 99],
  numbers: [3, 4],
  unsolvable: [0, 100],
  fourNumbers: [0, 100],
};

/** The flagship task: many answers are right, the checker is independent of the solver, and the search is visible. */
export const countdown: Task<CountdownProblem, CountdownDifficulty> = {
  name: 'countdown',
  verifierVersion: 'countdown-2',
  defaultDifficulty: { lowest: 1, highest: 12, targetHighest: 99, numbers: 3, unsolvable: 0, fourNumbers: 0 },
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
    if (expression !== undefined) return `${expression} = ${problem.target}`;
    return isThree(problem.numbers) ? cannotBeMade[language] : notFound[language];
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

/** What is said of four numbers when the search has found nothing: it does not try everything. */
const notFound: Readonly<Record<Language, string>> = {
  en: 'I have not found a way.',
  de: 'Ich habe keinen Weg gefunden.',
};

const saysThereIsNone: ReadonlySet<string> = new Set([
  ...Object.values(verdicts).map(({ no }) => no),
  ...Object.values(cannotBeMade),
]);

/** Draws after which a difficulty is taken to have no problem of the kind. */
const drawsPerKind = 200;

// The target is drawn uniformly from 1 to targetHighest and kept if it can be reached: small and large targets then
// occur equally often, unlike with random expressions.
function drawCountdown(
  random: Random,
  { lowest, highest, targetHighest, numbers, unsolvable, fourNumbers }: CountdownDifficulty,
): CountdownProblem | null {
  // The kind is drawn first and kept until a problem of it is found, so that the share is the one that was asked for.
  const isLonger = fourNumbers > 0 && 100 * random.next() < fourNumbers;
  const wantsSolution = isLonger || unsolvable === 0 || 100 * random.next() >= unsolvable;
  const found = firstAccepted(drawsPerKind, () => {
    const length = isLonger ? 4 : numbers;
    const drawn = Array.from({ length }, () => random.integer(lowest, highest));
    const problem = { numbers: drawn, target: random.integer(1, targetHighest) };
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
  return searchOfFourText(numbers, target, language);
}

/** The expression of the first solution that the search finds; undefined if it finds none. */
function solutionOf(problem: CountdownProblem): string | undefined {
  const hit = shortHitOf(problem);
  if (hit !== null) return expression(hit);
  const { numbers, target } = problem;
  const found = isThree(numbers) ? undefined : hitOfFour(numbers, target);
  return found && expressionOfFour(found);
}

/** The solution of a problem with three numbers by the search that sets one of them aside. */
function shortHitOf({ numbers, target }: CountdownProblem): Hit | null {
  return isThree(numbers) ? (search(numbers, target).at(-1)?.hit ?? null) : null;
}

function isThree(numbers: readonly number[]): numbers is readonly [number, number, number] {
  return numbers.length === 3;
}

/** The expression of a hit of four numbers: the difference stands in brackets where its value is first used. */
function expressionOfFour({ first: { left, right, value }, hit }: HitOfFour): string {
  const { pair, leftOver } = hit;
  const difference = `(${left}-${right})`;
  const place = [pair[0], pair[2], leftOver].indexOf(value);
  const texts = [pair[0], pair[2], leftOver].map((number, index) => (index === place ? difference : number));
  return expression(hit, texts);
}

/** The expression of a hit without redundant brackets. @param texts what stands for the pair's numbers and the one left over */
function expression(
  { pair: [one, operator, other], join, leftOver: alone }: Hit,
  [left, right, leftOver]: readonly (string | number | undefined)[] = [one, other, alone],
): string {
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
