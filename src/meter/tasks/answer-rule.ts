// How an answer to one of somebody's own tasks is judged, as data in the file of tasks, and what of it votes.
import { createContext, Script } from 'node:vm';
import { z } from 'zod';
import { canonicalJson, type Json } from '../../base/index.ts';
import { type AnswerFrom, answerKey } from '../../reasoning/index.ts';
import { answerChecks } from '../../tasks/index.ts';
import { programJudge } from './program-judge.ts';

const text = z.string().min(1).max(10_000);
const json: z.ZodType<Json> = z.json() as z.ZodType<Json>;

export type AnswerRule =
  /** Without case and white space. */
  | { readonly type: 'exact'; readonly answer: string }
  /** The last number of the answer, at most so far away. */
  | { readonly type: 'number'; readonly answer: number; readonly tolerance: number }
  /** The items of the answer, between commas, semicolons or line ends, in any order. */
  | { readonly type: 'set'; readonly answer: readonly string[] }
  /** A value of an answer that is JSON (RFC 6901). */
  | { readonly type: 'pointer'; readonly pointer: string; readonly answer: Json }
  /** A regular expression of ECMAScript that has to match. */
  | { readonly type: 'pattern'; readonly pattern: string }
  /** The body of a function of `answer` and `question` in JavaScript that has to return true. */
  | { readonly type: 'program'; readonly program: string }
  /** A question of one of the program's own tasks, whose checker a server has as well. */
  | { readonly type: 'task'; readonly task: string };

export const answerRule: z.ZodType<AnswerRule> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('exact'), answer: text }),
  z.strictObject({ type: z.literal('number'), answer: z.number(), tolerance: z.number().min(0).default(0) }),
  z.strictObject({ type: z.literal('set'), answer: z.array(text).min(1).max(1_000) }),
  z.strictObject({ type: z.literal('pointer'), pointer: z.string().max(256), answer: json }),
  z.strictObject({ type: z.literal('pattern'), pattern: text }),
  z.strictObject({ type: z.literal('program'), program: text }),
  z.strictObject({
    type: z.literal('task'),
    task: z.enum([...answerChecks.keys()] as [string, ...string[]]),
  }),
]);

/** Milliseconds for which a pattern may look for a match; what takes longer does not match. */
const patternMs = 100;

/** Whether an answer is right; the reason why the rule can be met by no answer, or by every one, instead. */
export function judgeOf(rule: AnswerRule, question: string): ((answer: string) => boolean) | string {
  switch (rule.type) {
    case 'exact': {
      const wanted = answerKey(rule.answer, { type: 'text' });
      if (wanted === null) return 'its answer is empty';
      return (answer) => answerKey(answer, { type: 'text' }) === wanted;
    }
    case 'number':
      return (answer) => {
        const read = answerKey(answer, { type: 'number' });
        return read !== null && Math.abs(Number(read) - rule.answer) <= rule.tolerance;
      };
    case 'set': {
      const wanted = itemsOf(rule.answer.join('\n'));
      if (wanted.size === 0) return 'its answer is empty';
      return (answer) => itemsOf(answer).symmetricDifference(wanted).size === 0;
    }
    case 'pointer': {
      const from = { type: 'pointer', pointer: rule.pointer } as const;
      if (rule.pointer !== '' && !rule.pointer.startsWith('/')) return 'its pointer does not begin with /';
      const wanted = canonicalJson(rule.answer);
      return (answer) => answerKey(answer, from) === wanted;
    }
    case 'pattern':
      return patternJudge(rule.pattern);
    case 'program':
      return programJudge(rule.program, question);
    case 'task': {
      const check = answerChecks.get(rule.task)?.(question);
      if (check === undefined) return `its question is none that ${rule.task} checks`;
      return (answer) => check(answer).correct;
    }
  }
}

/** What of the answers votes. */
export function votesBy(rule: AnswerRule): AnswerFrom {
  if (rule.type === 'number') return { type: 'number' };
  if (rule.type === 'pointer') return { type: 'pointer', pointer: rule.pointer };
  return { type: 'text' };
}

function itemsOf(answer: string): Set<string> {
  const items = answer.split(/[,;\n]/).map((item) => answerKey(item, { type: 'text' }));
  return new Set(items.filter((item) => item !== null));
}

function patternJudge(pattern: string): ((answer: string) => boolean) | string {
  let compiled: RegExp;
  try {
    compiled = new RegExp(pattern, 'u');
  } catch {
    return 'its pattern is no regular expression of ECMAScript';
  }
  if (compiled.test('')) return 'its pattern matches the empty answer';
  // A pattern that goes back again and again is ended from outside; nothing in the program can.
  const script = new Script('new RegExp(pattern, "u").test(answer)');
  return (answer) => {
    try {
      return script.runInContext(createContext({ pattern, answer }), { timeout: patternMs }) === true;
    } catch {
      return false;
    }
  };
}
