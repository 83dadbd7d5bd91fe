// The gateway's questions about assessments, put one after another to a thread that starts with the first and ends when nobody has asked for a
// while. Whatever lies on disk, an answer comes within a bounded time, and a bounded number of questions waits for it.
import { Worker } from 'node:worker_threads';
import { TiegelError } from '../../base/index.ts';
import type { ReadAssessments } from '../../gateway/index.ts';
import type { AssessmentReport, AssessmentSummary } from '../../wire/index.ts';
import type { AssessmentQuestion, ReaderSetup } from './answer-question.ts';
import type { trialsPage } from './report-body.ts';
import type { ReaderAnswer } from './worker.ts';

export type AssessmentReaderOptions = ReaderSetup & {
  /** How long one answer may take. @default a minute */
  readonly maxMs?: number;
  /** How long the thread stays when nobody asks. @default a minute */
  readonly idleMs?: number;
  /** Questions that wait for their turn. @default 16 */
  readonly maxWaiting?: number;
};

export type AssessmentReader = ReadAssessments & AsyncDisposable;

export function openAssessmentReader(options: AssessmentReaderOptions): AssessmentReader {
  const { home, trusted, maxMs = 60_000, idleMs = 60_000, maxWaiting = 16 } = options;
  const setup: ReaderSetup = { home, trusted };
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let before: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  const end = async (): Promise<void> => {
    clearTimeout(idle);
    const ending = worker;
    worker = undefined;
    await ending?.terminate();
  };
  const answerOf = async (question: AssessmentQuestion): Promise<unknown> => {
    clearTimeout(idle);
    worker ??= new Worker(new URL('./worker.ts', import.meta.url), { workerData: setup });
    const answer = await answerWithin(worker, question, maxMs);
    if ('fault' in answer) {
      await end();
      throw unavailable(answer.fault);
    }
    idle = setTimeout(() => void end(), idleMs);
    idle.unref();
    if ('code' in answer) throw new TiegelError(answer.code, answer.details);
    return answer.value;
  };
  const ask = async (question: AssessmentQuestion): Promise<unknown> => {
    if (waiting >= maxWaiting) throw unavailable(`${waiting} questions about assessments wait already`);
    waiting++;
    const turn = before;
    const answering = (async () => {
      await turn;
      return await answerOf(question);
    })();
    before = answering.catch(() => {});
    try {
      return await answering;
    } finally {
      waiting--;
    }
  };
  return {
    history: async (model) => (await ask({ about: 'history', model })) as readonly AssessmentSummary[],
    report: async (model, assessment) =>
      (await ask({ about: 'report', model, assessment })) as AssessmentReport,
    trials: async (model, assessment, query) =>
      (await ask({ about: 'trials', model, assessment, query })) as ReturnType<typeof trialsPage>,
    [Symbol.asyncDispose]: end,
  };
}

function unavailable(reason: string): TiegelError {
  return new TiegelError('TGL_REPORT_UNAVAILABLE', { reason });
}

/** What the thread says, or why it says nothing. */
function answerWithin(worker: Worker, question: AssessmentQuestion, maxMs: number): Promise<ReaderAnswer> {
  const { promise, resolve } = Promise.withResolvers<ReaderAnswer>();
  const fail = (fault: string) => resolve({ fault });
  const onError = (error: Error) => fail(error.message);
  const onExit = () => fail('its reader has ended');
  const deadline = setTimeout(() => fail(`it took longer than ${maxMs / 1000} s`), maxMs);
  worker.once('message', resolve).once('error', onError).once('exit', onExit);
  worker.postMessage(question);
  return promise.finally(() => {
    clearTimeout(deadline);
    worker.off('message', resolve).off('error', onError).off('exit', onExit);
  });
}
