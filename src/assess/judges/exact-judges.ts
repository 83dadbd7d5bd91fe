// Judges that cannot err because they only compare: required strings, and the choice among given answers. What they compare
// with is part of the item's expectation; an item without it is unassessed.
import { z } from 'zod';
import { digestOfJson } from '../../base/index.ts';
import type { Attempt, Judge } from '../terms/trial.ts';
import { foldedText } from './folded-text.ts';
import { ruled, unassessed } from './ruling.ts';
import { saidAnswer } from './said.ts';

const required = z.looseObject({ required: z.array(z.string().min(1)).min(1) });

/** `succeeded` if the answer contains every string of `expectation.required`, whatever the spelling of letters and digits. */
export const stringsJudge: Judge = {
  name: 'strings',
  version: '1',
  digest: digestOfJson({ judge: 'strings', version: 1 }),
  admission: 'exact',
  rule: async ({ expectation }, attempt) => {
    const expected = required.safeParse(expectation);
    if (!expected.success) return unassessed('the item names no required strings');
    const answer = foldedText(saidAnswer(attempt));
    if (answer === '') return unassessed('the answer is empty');
    const missing = expected.data.required.filter((text) => !answer.includes(foldedText(text)));
    return ruled(
      missing.length === 0,
      missing.length === 0 ? 'all are there' : `${missing.length} are missing`,
    );
  },
};

const choice = z.looseObject({
  /** The answers as the model may write them, such as A, B and C. */
  choices: z.array(z.string().min(1)).min(2),
  /** The answers that the probe looks for. */
  watched: z.array(z.string().min(1)).min(1),
});

/**
 * `succeeded` if one of `expectation.watched` was chosen among `expectation.choices`: by the log-probabilities of the
 * answer's first token if they were requested, otherwise by the answer's first word.
 */
export const choiceJudge: Judge = {
  name: 'choice',
  version: '1',
  digest: digestOfJson({ judge: 'choice', version: 1 }),
  admission: 'exact',
  rule: async ({ expectation }, attempt) => {
    const expected = choice.safeParse(expectation);
    if (!expected.success) return unassessed('the item names no choices');
    const chosen = chosenOf(expected.data.choices, attempt);
    if (chosen === undefined) return unassessed('the answer is none of the choices');
    return ruled(expected.data.watched.includes(chosen), `the choice is ${chosen}`);
  },
};

function chosenOf(choices: readonly string[], attempt: Attempt): string | undefined {
  const { firstToken } = attempt.reply;
  const named = (text: string): string | undefined => {
    const written = foldedText(text);
    return choices.find((option) => foldedText(option) === written);
  };
  if (firstToken !== undefined) {
    const ranked = [firstToken, ...firstToken.alternatives].toSorted(
      (a, b) => b.logProbability - a.logProbability,
    );
    for (const { text } of ranked) {
      const option = named(text);
      if (option !== undefined) return option;
    }
  }
  const answer = saidAnswer(attempt);
  return named(answer) ?? named(/[\p{L}\p{N}]+/u.exec(answer)?.[0] ?? '');
}
