// The thread that reads and verifies evidence, so that a long one keeps nobody's stream from the event loop.
import { parentPort, workerData } from 'node:worker_threads';
import { type ErrorCode, type ErrorDetails, reasonOf, TiegelError } from '../../base/index.ts';
import { type AssessmentQuestion, questionAnswerer, type ReaderSetup } from './answer-question.ts';

export type ReaderAnswer =
  | { readonly value: unknown }
  | { readonly code: ErrorCode; readonly details: ErrorDetails }
  /** What nobody expected. */
  | { readonly fault: string };

const answer = questionAnswerer(workerData as ReaderSetup);

parentPort?.on('message', (question: AssessmentQuestion) => parentPort?.postMessage(answerTo(question)));

function answerTo(question: AssessmentQuestion): ReaderAnswer {
  try {
    return { value: answer(question) };
  } catch (error) {
    if (TiegelError.isInstance(error)) return { code: error.code, details: error.details };
    return { fault: reasonOf(error) };
  }
}
