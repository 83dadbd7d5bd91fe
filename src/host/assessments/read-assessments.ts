// The gateway's questions about assessments, put to a thread.
import { TiegelError } from '../../base/index.ts';
import type { ReadAssessments } from '../../gateway/index.ts';
import type { AssessmentReport, AssessmentSummary } from '../../wire/index.ts';
import { openQuestionThread, type QuestionThreadOptions } from '../thread/question-thread.ts';
import type { AssessmentQuestion, ReaderSetup } from './answer-question.ts';
import type { trialsPage } from './report-body.ts';

export type AssessmentReaderOptions = ReaderSetup &
  Pick<QuestionThreadOptions, 'maxMs' | 'idleMs' | 'maxWaiting'>;

export type AssessmentReader = ReadAssessments & AsyncDisposable;

export function openAssessmentReader({
  home,
  trusted,
  ...bounds
}: AssessmentReaderOptions): AssessmentReader {
  const thread = openQuestionThread<AssessmentQuestion>({
    ...{ module: new URL('./worker.ts', import.meta.url), workerData: { home, trusted } },
    ...{ subject: 'assessments', ...bounds },
    unavailable: (reason) => new TiegelError('TGL_REPORT_UNAVAILABLE', { reason }),
  });
  const { ask } = thread;
  return {
    history: async (model) => (await ask({ about: 'history', model })) as readonly AssessmentSummary[],
    report: async (model, assessment) =>
      (await ask({ about: 'report', model, assessment })) as AssessmentReport,
    trials: async (model, assessment, query) =>
      (await ask({ about: 'trials', model, assessment, query })) as ReturnType<typeof trialsPage>,
    [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose](),
  };
}
