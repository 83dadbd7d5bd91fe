// The far end of a thread that answers questions, so that a long one keeps nobody's stream from the event loop.
import { parentPort } from 'node:worker_threads';
import { type ErrorCode, type ErrorDetails, reasonOf, TiegelError } from '../../base/index.ts';

export type ThreadAnswer =
  | { readonly value: unknown }
  | { readonly code: ErrorCode; readonly details: ErrorDetails }
  /** What nobody expected. */
  | { readonly fault: string };

/** Answers every question that comes, one after another. */
export function answerQuestions<Question>(answer: (question: Question) => unknown): void {
  parentPort?.on('message', (question: Question) => parentPort?.postMessage(answerTo(question)));

  function answerTo(question: Question): ThreadAnswer {
    try {
      return { value: answer(question) };
    } catch (error) {
      if (TiegelError.isInstance(error)) return { code: error.code, details: error.details };
      return { fault: reasonOf(error) };
    }
  }
}
