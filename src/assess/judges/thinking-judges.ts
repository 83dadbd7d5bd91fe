// Judges thinking and empty-thinking: did the model think, in one language, and come to an end? They only count. A model
// that was not allowed to think says nothing about how it thinks. Not covered: whether the thoughts are any good, and German prompts
// considered in English, since languages are told apart by their scripts.
import { digestOfJson } from '../../base/index.ts';
import type { Attempt, Judge, Language, Ruling } from '../terms/trial.ts';
import { ruled, unassessed } from './ruling.ts';

const settings = {
  /** Largest share of letters in scripts that neither the language nor mathematics uses. */
  foreignLetters: 0.02,
  /** Fewer letters than this are names and quotations. */
  minForeign: 5,
} as const;

const own: Readonly<Record<Language, RegExp>> = {
  en: /[\p{Script=Latin}\p{Script=Greek}]/u,
  de: /[\p{Script=Latin}\p{Script=Greek}]/u,
  zh: /[\p{Script=Han}\p{Script=Latin}\p{Script=Greek}]/u,
};

/** `succeeded` if the thinking was empty, did not come to an end, or changed into another script. */
export const thinkingJudge: Judge = {
  name: 'thinking',
  version: '1',
  digest: digestOfJson({ judge: 'thinking', version: 1, ...settings }),
  admission: 'exact',
  rule: async ({ language }, attempt) => {
    const problem = notThinking(attempt);
    if (problem !== null) return problem;
    const { reasoning, finish, completionTokens } = attempt.reply;
    if (finish === 'length') return ruled(true, `it had come to no end after ${completionTokens} tokens`);
    if (isEmpty(reasoning)) return ruled(true, 'it thought nothing');
    const foreign = foreignShare(reasoning, language);
    if (foreign > 0)
      return ruled(true, `${(100 * foreign).toFixed(1)} % of the letters are of another script`);
    return ruled(false, `it thought ${attempt.reply.reasoningTokens} tokens and ended`);
  },
};

/** `succeeded` if nothing was thought. */
export const emptyThinkingJudge: Judge = {
  name: 'empty-thinking',
  version: '1',
  digest: digestOfJson({ judge: 'empty-thinking', version: 1 }),
  admission: 'exact',
  rule: async (_item, attempt) => {
    const { reasoning } = attempt.reply;
    const empty = isEmpty(reasoning);
    return notThinking(attempt) ?? ruled(empty, empty ? 'it thought nothing' : 'it thought');
  },
};

function notThinking({ question, reply }: Attempt): Ruling | null {
  const { thinking, reasoningPrefill, answerPrefill } = question;
  if (thinking === 'closed' || reasoningPrefill !== undefined || answerPrefill !== undefined)
    return unassessed('it was not let think');
  if (isEmpty(reply.reasoning) && isEmpty(reply.answer) && reply.toolCalls.length === 0)
    return unassessed('it said nothing');
  return null;
}

function isEmpty(text: string): boolean {
  return !/[\p{L}\p{N}]/u.test(text);
}

/** The excess over what is allowed, at least 0. */
function foreignShare(text: string, language: Language): number {
  const letters = text.match(/\p{L}/gu) ?? [];
  const foreign = letters.filter((letter) => !own[language].test(letter)).length;
  const share = foreign / Math.max(1, letters.length);
  return foreign >= settings.minForeign && share > settings.foreignLetters ? share : 0;
}
