// Questions put one after another to a thread that starts with the first and ends when nobody has asked for a while. Whatever is asked, an
// answer comes within a bounded time, and a bounded number of questions waits for it.
import { Worker } from 'node:worker_threads';
import { TiegelError } from '../../base/index.ts';
import type { ThreadAnswer } from './answer-questions.ts';

export type QuestionThreadOptions = {
  /** The module that answers, by `answerQuestions`. */
  readonly module: URL;
  readonly workerData?: unknown;
  /** What questions are about, in the plural. */
  readonly subject: string;
  /** Why there is no answer. */
  readonly unavailable: (reason: string) => TiegelError;
  /** How long one answer may take. @default a minute */
  readonly maxMs?: number | undefined;
  /** How long the thread stays when nobody asks. @default a minute */
  readonly idleMs?: number | undefined;
  /** Questions that wait for their turn, and those of one asker among them. @default 16 */
  readonly maxWaiting?: number | undefined;
  readonly maxOfOne?: number | undefined;
};

export type QuestionThread<Question> = AsyncDisposable & {
  /** @throws what is `unavailable`, and errors of this program that the answer is */
  readonly ask: (question: Question, asker?: string) => Promise<unknown>;
};

export function openQuestionThread<Question>(options: QuestionThreadOptions): QuestionThread<Question> {
  const { module, workerData, subject, unavailable } = options;
  const { maxMs = 60_000, idleMs = 60_000, maxWaiting = 16, maxOfOne = maxWaiting } = options;
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let before: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  const ofAsker = new Map<string, number>();

  const end = async (): Promise<void> => {
    clearTimeout(idle);
    const ending = worker;
    worker = undefined;
    await ending?.terminate();
  };
  const answerOf = async (question: Question): Promise<unknown> => {
    clearTimeout(idle);
    worker ??= new Worker(module, { workerData });
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
  const enter = (asker: string): Disposable => {
    const own = ofAsker.get(asker) ?? 0;
    const most = own >= maxOfOne ? own : waiting >= maxWaiting ? waiting : undefined;
    if (most !== undefined) throw unavailable(`${most} questions about ${subject} wait already`);
    waiting++;
    ofAsker.set(asker, own + 1);
    return {
      [Symbol.dispose]: () => {
        waiting--;
        const left = (ofAsker.get(asker) ?? 1) - 1;
        if (left === 0) ofAsker.delete(asker);
        else ofAsker.set(asker, left);
      },
    };
  };
  return {
    ask: async (question, asker = '') => {
      using _ = enter(asker);
      const turn = before;
      const answering = (async () => {
        await turn;
        return await answerOf(question);
      })();
      before = answering.catch(() => {});
      return await answering;
    },
    [Symbol.asyncDispose]: end,
  };
}

/** What the thread says, or why it says nothing. */
function answerWithin(worker: Worker, question: unknown, maxMs: number): Promise<ThreadAnswer> {
  const { promise, resolve } = Promise.withResolvers<ThreadAnswer>();
  const fail = (fault: string) => resolve({ fault });
  const onError = (error: Error) => fail(error.message);
  const onExit = () => fail('its thread has ended');
  const deadline = setTimeout(() => fail(`it took longer than ${maxMs / 1000} s`), maxMs);
  worker.once('message', resolve).once('error', onError).once('exit', onExit);
  worker.postMessage(question);
  return promise.finally(() => {
    clearTimeout(deadline);
    worker.off('message', resolve).off('error', onError).off('exit', onExit);
  });
}
