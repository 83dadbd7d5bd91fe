// Judge solved, for the operator's own problems: the final answer has to be the one in the file, compared as a number
// if both are numbers and by its letter if it is a choice.
import { digestOfJson } from '../../base/index.ts';
import { finalAnswer } from '../probes/final-answer.ts';
import type { Attempt, Item, Judge, Ruling } from '../terms/trial.ts';
import { unreadable } from './readable.ts';
import { ruled, unassessed } from './ruling.ts';

/** `succeeded` if the problem was solved; an unreadable answer is unassessed, not wrong. */
export const solvedJudge: Judge = {
  name: 'solved',
  version: '2',
  digest: digestOfJson({ judge: 'solved', version: 2 }),
  admission: 'exact',
  rule: async ({ expectation }: Item, { reply }: Attempt): Promise<Ruling> => {
    const { answer } = expectation as { readonly answer: string };
    const found = finalAnswer(reply.answer);
    if (sameAnswer(found, answer)) return ruled(true, `the final answer is ${found}`);
    const problem = unreadable(reply.answer);
    return problem === null ? ruled(false, `the final answer is ${found}`) : unassessed(problem);
  },
};

function sameAnswer(found: string, expected: string): boolean {
  const plain = (text: string): string =>
    text
      .normalize('NFKC')
      .trim()
      .toLowerCase()
      .replace(/[.。]$/, '');
  const [one, other] = [plain(found), plain(expected)];
  const isNumber =
    one !== '' && other !== '' && Number.isFinite(Number(one)) && Number.isFinite(Number(other));
  if (isNumber) return Number(one) === Number(other);
  // A choice counts by its letter: `B`, `(B)`, `B) the second one`.
  const isLetter = /^[a-z]$/.test(other);
  return one === other || (isLetter && /^\(?([a-z])[).:](?:\s|$)/.exec(one)?.[1] === other);
}
