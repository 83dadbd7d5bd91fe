// Answering only where it is likely enough to be right: the share of wrong answers among all questions stays below a risk that was
// stated beforehand, whatever the scores are worth (conformal risk control; Angelopoulos, Bates, Fisch, Lei and Schuster, 2022). What
// is given up for it is the coverage, the share of questions that are answered.

/** One question: how far its answer is to be trusted, and whether it was right. */
export type ScoredAnswer = { readonly score: number; readonly correct: boolean };

export type Abstention = {
  /** Answers with at least this score are given; null where none may be. */
  readonly least: number | null;
  /** Share of the questions that are answered, of those that it was chosen on. */
  readonly coverage: number;
  /** Share of the questions that are answered wrongly, of the same. */
  readonly wrong: number;
};

/**
 * The lowest bar at which, with n questions, (n · wrong + 1) / (n + 1) is at most the risk: then the expected share of wrong answers on
 * a further question that is drawn like these is at most the risk.
 *
 * @param risk in (0, 1)
 * @throws TypeError without an answer, and for a risk outside its bounds
 */
export function chooseAbstention(answers: readonly ScoredAnswer[], risk: number): Abstention {
  if (answers.length === 0) throw new TypeError('chooseAbstention: there is no answer');
  if (!(risk > 0 && risk < 1)) throw new TypeError(`a risk of ${risk} does not lie in (0, 1)`);
  const total = answers.length;
  const ordered = answers.toSorted((one, other) => other.score - one.score);
  let chosen: Abstention = { least: null, coverage: 0, wrong: 0 };
  let wrong = 0;
  for (const [index, { score, correct }] of ordered.entries()) {
    if (!correct) wrong++;
    // Answers of one score are given or kept back together. What is wrong only grows, so that the last bar that passes is the lowest.
    if (ordered[index + 1]?.score === score) continue;
    if ((wrong + 1) / (total + 1) > risk) break;
    chosen = { least: score, coverage: (index + 1) / total, wrong: wrong / total };
  }
  return chosen;
}

/** What the bar comes to on other questions. */
export function abstained(
  answers: readonly ScoredAnswer[],
  { least }: Pick<Abstention, 'least'>,
): Omit<Abstention, 'least'> {
  const given = least === null ? [] : answers.filter(({ score }) => score >= least);
  const wrong = given.filter(({ correct }) => !correct).length;
  return { coverage: given.length / answers.length, wrong: wrong / answers.length };
}
