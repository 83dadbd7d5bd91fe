// Chain arithmetic: word problems in which a number of things changes three to six times. The thinking carries one
// value from line to line, so accuracy falls with the number of steps unless each step is (nearly) certain.
import type { Random } from '../../base/index.ts';
import { checkDifficulty, type DifficultyRanges } from '../difficulty.ts';
import { readWholeNumber } from '../expression.ts';
import { storyWordings } from '../more-wordings.ts';
import { drawProblem } from '../split.ts';
import type { Task, Verification } from '../task.ts';
import { type ChainProblem, type ChainStep, canonicalChain, chainValues } from './problem.ts';
import { drawSpelledWords } from './spelled-words.ts';
import { chainParts, chainPrompt, chainPromptVariants, chainTrace } from './wording.ts';
import { containerCount, nameCount, thingCount, verbCounts } from './words.ts';

export type ChainDifficulty = {
  /** Fewest steps, 1 to 6. */
  readonly fewestSteps: number;
  /** Most steps, 1 to 6, not below `fewestSteps`. */
  readonly mostSteps: number;
  /** Largest amount given as one number, and largest start value, 2 to 50. */
  readonly amountHighest: number;
  /** Most groups in "3 bags of 6", 2 to 9; a group holds 2 to 9. */
  readonly groupsHighest: number;
};

const ranges: DifficultyRanges<ChainDifficulty> = {
  fewestSteps: [1, 6],
  mostSteps: [1, 6],
  amountHighest: [2, 50],
  groupsHighest: [2, 9],
};

const largestValue = 199;
const mostStepDraws = 1000;

/** Word problems in English and German; values stay between 0 and 199. */
export const chainArithmetic: Task<ChainProblem, ChainDifficulty> = {
  name: 'chain-arithmetic',
  verifierVersion: 'chain-arithmetic-1',
  defaultDifficulty: { fewestSteps: 3, mostSteps: 6, amountHighest: 20, groupsHighest: 6 },
  promptVariants: chainPromptVariants,
  generate: (seed, index, { split, subset, difficulty = chainArithmetic.defaultDifficulty } = {}) => {
    checkDifficulty('chain-arithmetic', difficulty, ranges, ['fewestSteps', 'mostSteps']);
    const { canonical } = chainArithmetic;
    const draw = (random: Random): ChainProblem | null => drawChain(random, difficulty);
    return drawProblem({ task: 'chain-arithmetic', stream: 3, canonical, draw }, seed, index, {
      split,
      subset,
    });
  },
  canonical: canonicalChain,
  prompt: chainPrompt,
  wordings: storyWordings,
  parts: (problem, language) => ({
    ...chainParts(problem, language),
    text: chainPrompt(problem, language),
  }),
  renamed: (problem, language, random, side) => ({
    ...problem,
    spelled: drawSpelledWords(language, random, side),
  }),
  unnamed: (problem) => ({ ...problem, spelled: { name: '', things: '' } }),
  trace: chainTrace,
  answer: (problem) => String(chainValues(problem).at(-1)),
  verify: (problem, answer): Verification => {
    const number = readWholeNumber(answer);
    if (typeof number === 'string') return { correct: false, reason: number };
    const value = chainValues(problem).at(-1);
    return number === value
      ? { correct: true, reason: `is ${value}` }
      : { correct: false, reason: `states ${number}, the result is ${value}` };
  },
};

function drawChain(random: Random, difficulty: ChainDifficulty): ChainProblem | null {
  const length = random.integer(difficulty.fewestSteps, difficulty.mostSteps);
  const start = random.integer(2, difficulty.amountHighest);
  const unusedVerbs = {
    gain: random.shuffle([...Array(verbCounts.gain).keys()]),
    lose: random.shuffle([...Array(verbCounts.lose).keys()]),
    times: random.shuffle([...Array(verbCounts.times).keys()]),
  };
  const steps: ChainStep[] = [];
  // Draws of a kind whose verbs are used up are wasted; this many in a row can only mean a broken generator.
  for (let draw = 0; draw < mostStepDraws && steps.length < length; draw++) {
    const kind = random.pick(stepKinds);
    const verb = unusedVerbs[kind].pop();
    if (verb !== undefined) steps.push({ kind, ...drawAmount(random, kind, verb, difficulty), verb });
  }
  if (steps.length < length) return null;
  const [name, thing, container] = [nameCount, thingCount, containerCount].map((count) =>
    random.integer(0, count - 1),
  ) as [number, number, number];
  const problem = { start, steps, name, thing, container };
  return chainValues(problem).every((value) => value >= 0 && value <= largestValue) ? problem : null;
}

// Losses are as frequent as gains in what passes the bounds; every second problem has a multiplication.
const stepKinds = ['gain', 'gain', 'gain', 'lose', 'lose', 'lose', 'lose', 'times'] as const;

function drawAmount(
  random: Random,
  kind: ChainStep['kind'],
  verb: number,
  difficulty: ChainDifficulty,
): { readonly groups: number; readonly size: number } {
  if (kind === 'times') return { groups: 1, size: verb + 2 };
  return random.next() < 0.4
    ? { groups: random.integer(2, difficulty.groupsHighest), size: random.integer(2, 9) }
    : { groups: 1, size: random.integer(1, difficulty.amountHighest) };
}
