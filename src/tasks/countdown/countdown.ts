// Countdown with three numbers: reach the target with + - *, each number used exactly once. Any such expression is
// (x ? y) ? z, so leaving out each number in turn and asking what the other two would have to make finds a solution
// whenever there is one without a negative intermediate value.
import type { Random } from '../../base/index.ts';
import { checkDifficulty, type DifficultyRanges } from '../difficulty.ts';
import { evaluateExpression } from '../expression.ts';
import { drawProblem } from '../split.ts';
import type { Task, Verification } from '../task.ts';
import { countdownPrompt, countdownPromptVariants } from './prompts.ts';
import { type Hit, renderHit, renderSearch, search } from './search.ts';

export type CountdownProblem = {
  /** Three numbers in the order of the prompt; two may be equal. */
  readonly numbers: readonly [number, number, number];
  readonly target: number;
};

export type CountdownDifficulty = {
  /** Smallest number, 1 to 12. */
  readonly lowest: number;
  /** Largest number, 1 to 12, not below `lowest`. */
  readonly highest: number;
  /** Largest target, 1 to 99; targets start at 1. */
  readonly targetHighest: number;
};

const ranges: DifficultyRanges<CountdownDifficulty> = {
  lowest: [1, 12],
  highest: [1, 12],
  targetHighest: [1, 99],
};

/** The flagship task: many answers are right, the checker is independent of the solver, and the search is visible. */
export const countdown: Task<CountdownProblem, CountdownDifficulty> = {
  name: 'countdown',
  verifierVersion: 'countdown-1',
  defaultDifficulty: { lowest: 1, highest: 12, targetHighest: 99 },
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
  trace: ({ numbers, target }, language) => renderSearch(search(numbers, target), target, language),
  solution: (problem) => renderHit(hitOf(problem), problem.target),
  answer: (problem) => `${expression(hitOf(problem))} = ${problem.target}`,
  verify: verifyCountdown,
  problemsWith: ([first, second, third, fourth, ...rest]) =>
    first === undefined ||
    second === undefined ||
    third === undefined ||
    fourth === undefined ||
    rest.length > 0
      ? []
      : [
          { numbers: [first, second, third], target: fourth },
          { numbers: [second, third, fourth], target: first },
        ],
};

// The target is drawn uniformly from 1 to targetHighest and kept if it can be reached: small and large targets then
// occur equally often, unlike with random expressions.
function drawCountdown(random: Random, difficulty: CountdownDifficulty): CountdownProblem | null {
  const number = (): number => random.integer(difficulty.lowest, difficulty.highest);
  const numbers = [number(), number(), number()] as const;
  const target = random.integer(1, difficulty.targetHighest);
  return search(numbers, target).at(-1)?.hit ? { numbers, target } : null;
}

function hitOf({ numbers, target }: CountdownProblem): Hit {
  const hit = search(numbers, target).at(-1)?.hit;
  if (!hit) throw new TypeError(`countdown: ${numbers.join(' ')} cannot make ${target}`);
  return hit;
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
