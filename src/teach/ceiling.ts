// What could be reached at most: somebody who never gives up and never errs, in the order of the demonstrations and in the room
// that completions have.
import { type Tokenizer, tiegelTemplate } from '../formats/index.ts';
import { mean } from '../stats/index.ts';
import { type AnyTaskName, allTaskNames, heldOutProblems } from '../tasks/index.ts';
import { evaluationSeed } from './evaluation.ts';
import { type Half, hasHalves, settingsOfHalf } from './halves.ts';
import type { Recipe } from './recipe.ts';

/** The share of the held-out problems of one half that fits, by task. */
export type Ceiling = { readonly subject: AnyTaskName; readonly half: Half; readonly share: number };

/** More guesses than any problem has. */
const allGuesses = 10_000;

/** The ceilings of the tasks that have two halves and are demonstrated with guesses. */
export function ceilingsOf(
  { data, evaluation }: Pick<Recipe, 'data' | 'evaluation'>,
  tokenizer: Tokenizer,
): readonly Ceiling[] {
  return allTaskNames.flatMap((subject) => {
    const settings = data.tasks?.[subject];
    const style = settings?.demonstrations;
    if ((data.mixture[subject] ?? 0) === 0 || style === undefined || !hasHalves(settings)) return [];
    const demonstrations = { ...style, patient: 1, patientGuesses: allGuesses, close: 0 };
    return (['solvable', 'unsolvable'] as const).map((half) => {
      const wanted = { ...settingsOfHalf(settings, half), demonstrations };
      const shown = heldOutProblems(subject, evaluationSeed, evaluation.problems, wanted);
      const fits = shown.map(({ trace, answer, verify }) => {
        const completion = tiegelTemplate.renderCompletion(
          { reasoning: trace, answer },
          { thinking: 'open' },
        );
        return tokenizer.encode(completion).length <= evaluation.maxTokens && verify(answer).correct ? 1 : 0;
      });
      return { subject, half, share: mean(fits) };
    });
  });
}
