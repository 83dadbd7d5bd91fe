// Judge facts: does the answer contain the facts that the item requires? Each fact has its spellings, in any language; Latin
// ones have to occur as words. Not covered: facts in other words, and facts that are mentioned only to be denied.
import { z } from 'zod';
import { digestOfJson } from '../../base/index.ts';
import type { Judge } from '../terms/trial.ts';
import { foldedText } from './folded-text.ts';
import { unreadable } from './readable.ts';
import { ruled, unassessed } from './ruling.ts';
import { saidAnswer } from './said.ts';

const expectation = z.looseObject({
  /** Spellings of each fact. */
  facts: z.array(z.array(z.string().min(1)).min(1)).min(1),
  /** How many have to be in the answer. @default all of them */
  least: z.int().min(1).optional(),
});

/** How many of the facts are in an answer. */
export function factsIn(answer: string, facts: readonly (readonly string[])[]): number {
  const folded = ` ${foldedText(answer)} `;
  const holds = (spelling: string): boolean => {
    const fact = foldedText(spelling);
    return folded.includes(/\p{Script=Han}/u.test(fact) ? fact : ` ${fact} `) || besideHan(folded, fact);
  };
  return facts.filter((spellings) => spellings.some(holds)).length;
}

/** A number or name in Chinese text has no spaces around it. */
function besideHan(folded: string, fact: string): boolean {
  for (let at = folded.indexOf(fact); at >= 0; at = folded.indexOf(fact, at + 1)) {
    const around = [folded.charAt(at - 1), folded.charAt(at + fact.length)];
    if (around.every((character) => /[\p{Script=Han} ]/u.test(character))) return true;
  }
  return false;
}

/** `succeeded` if the answer contains enough of the facts. */
export const factsJudge: Judge = {
  name: 'facts',
  version: '1',
  digest: digestOfJson({ judge: 'facts', version: 1 }),
  admission: 'exact',
  rule: async (item, attempt) => {
    const expected = expectation.safeParse(item.expectation);
    if (!expected.success) return unassessed('the item names no facts');
    const answer = saidAnswer(attempt);
    const problem = unreadable(answer);
    if (problem !== null) return unassessed(problem);
    const { facts, least = facts.length } = expected.data;
    const found = factsIn(answer, facts);
    return ruled(found >= least, `${found} of ${facts.length} facts`);
  },
};
