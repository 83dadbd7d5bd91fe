// Has what gives the answers changed? A test that may be looked at after every answer, for years: betting that the newest
// answer to a question is not exchangeable with earlier ones to the same question (Vovk, Gammerman and Shafer, "Algorithmic
// Learning in a Random World", 2022, chapter 8), by how alike they are (a kernel, as in Gao, Liang and Guestrin,
// "Model Equality Testing", 2024), with bets that begin anew at every answer, since nobody knows when it changes.

/** What the bets have come to. A value: it can be kept in a file between two answers. */
export type ChangeTest = {
  /** Answers that were bet on. */
  readonly answers: number;
  /** Natural logarithms of the capital of bets that have begun, by how much of it each puts at stake. */
  readonly capital: readonly number[];
};

export type ChangeTestTerms = {
  /** Share of answers that may be unlike all earlier ones though nothing has changed, as under another load of a server. */
  readonly tolerance: number;
};

/** Shares of the capital that are at stake: much finds another model soon, little finds one that is nearly the same. */
const stakes = [0.25, 0.9] as const;

/** Differences of mean likeness below this do not count in full: answers that are nearly alike are no sign of anything. */
const fullDifference = 0.25;

export const noBets: ChangeTest = { answers: 0, capital: stakes.map(() => Number.NEGATIVE_INFINITY) };

/**
 * Bets on one more answer.
 *
 * @param likeness how alike each two answers to the question are, in [0, 1]; square and symmetric, the newest last, at least three
 * @throws TypeError for another matrix
 */
export function betOnChange(
  test: ChangeTest,
  likeness: readonly (readonly number[])[],
  { tolerance }: ChangeTestTerms,
): ChangeTest {
  const differences = differencesFromMean(likeness);
  const answers = test.answers + 1;
  // Of a unit, 1/n(n+1) begins to bet at the n-th answer; what is left, 1/(n+1), waits.
  const beginning = -Math.log(answers) - Math.log(answers + 1);
  const capital = stakes.map((stake, index) => {
    const before = logSum(test.capital[index] as number, beginning);
    return before + Math.log(gainOf(differences, stake, tolerance));
  });
  return { answers, capital };
}

/**
 * The natural logarithm of the evidence that something has changed. While nothing has, it exceeds ln(1/α) at any time with
 * probability at most α (Ville's inequality).
 *
 * @example
 * import { betOnChange, changeEvidence, noBets } from './src/stats/index.ts';
 * const another = [[1, 1, 1, 0], [1, 1, 1, 0], [1, 1, 1, 0], [0, 0, 0, 1]];
 * let test = noBets;
 * for (let answer = 0; answer < 16; answer++) test = betOnChange(test, another, { tolerance: 0.1 });
 * changeEvidence(test) > Math.log(1000); // → true
 */
export function changeEvidence({ answers, capital }: ChangeTest): number {
  const waiting = -Math.log(answers + 1);
  const whole = capital.map((begun) => logSum(begun, waiting));
  return whole.reduce(logSum, Number.NEGATIVE_INFINITY) - Math.log(whole.length);
}

/** By how much each answer is less like the others than answers to this question are on average. */
function differencesFromMean(likeness: readonly (readonly number[])[]): readonly number[] {
  const count = likeness.length;
  if (count < 3 || likeness.some((row) => row.length !== count))
    throw new TypeError(`betOnChange: ${count} answers, or no square matrix`);
  const means = likeness.map((row, one) => {
    const sum = row.reduce((total, value, other) => (one === other ? total : total + value), 0);
    return sum / (count - 1);
  });
  const mean = means.reduce((total, value) => total + value, 0) / count;
  return means.map((value) => mean - value);
}

/**
 * What a unit becomes. Were the answers exchangeable, each of them would be the newest equally often, and the mean over them is 1;
 * that some may be unlike all others nevertheless is divided out.
 */
function gainOf(differences: readonly number[], stake: number, tolerance: number): number {
  const scale = Math.max(fullDifference, -Math.min(...differences));
  const gain = 1 + (stake * (differences.at(-1) as number)) / scale;
  return gain / (1 + tolerance * (mostGain(differences.length, stake) - 1));
}

/** That of an answer which is unlike all others, while these are the same. */
function mostGain(count: number, stake: number): number {
  return 1 + (stake * (count - 2)) / count / fullDifference;
}

function logSum(one: number, other: number): number {
  const [least, most] = one < other ? [one, other] : [other, one];
  return most === Number.NEGATIVE_INFINITY ? most : most + Math.log1p(Math.exp(least - most));
}
