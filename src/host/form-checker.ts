// Checks that an answer is JSON of the form that its request asks for, in a thread that is ended where a pattern of the schema takes too
// long. What the thread cannot judge stays unverified.
import { TiegelError } from '../base/index.ts';
import type { Checkers } from '../gateway/index.ts';
import { openQuestionThread, type QuestionThreadOptions } from './thread/question-thread.ts';

export type FormQuestion = { readonly schema: Readonly<Record<string, unknown>>; readonly answer: string };

type FormChecker = Checkers extends ReadonlyMap<string, infer Checker> ? Checker : never;

export function openFormChecker(
  bounds: Pick<QuestionThreadOptions, 'maxMs' | 'idleMs'> = {},
): AsyncDisposable & { readonly checker: FormChecker } {
  const thread = openQuestionThread<FormQuestion>({
    ...{ module: new URL('./form-checker-thread.ts', import.meta.url), subject: 'forms of answers' },
    ...{ maxMs: 2_000, ...bounds, maxOfOne: 8 },
    unavailable: (problem) => new TiegelError('TGL_CONSTRAINT_INVALID', { problem }),
  });
  return {
    checker: (_, { constraint, account, signal }) => {
      if (constraint?.type !== 'json-schema') return undefined;
      const { schema } = constraint;
      return async (answer) => {
        try {
          return (await thread.ask({ schema, answer }, account)) === true;
        } catch {
          signal.throwIfAborted();
          return 'unknown';
        }
      };
    },
    [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose](),
  };
}
