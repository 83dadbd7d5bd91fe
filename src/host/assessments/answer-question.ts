// What is asked about assessments, answered out of the evidence on disk. Reading and verifying evidence takes up to seconds of processor
// time, so that a server asks this in a thread of its own.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import {
  assessmentHistory,
  checkSignature,
  pastAssessment,
  type Report,
  readReport,
} from '../../assess/index.ts';
import { TiegelError } from '../../base/index.ts';
import type { AssessmentReport, TrialQuery } from '../../wire/index.ts';
import { reportBody, summaryBody, trialsPage } from './report-body.ts';

export type ReaderSetup = {
  readonly home: string;
  /** Public keys whose signature counts, in hexadecimal. */
  readonly trusted: readonly string[];
};

export type AssessmentQuestion =
  | { readonly about: 'history'; readonly model: string }
  | { readonly about: 'report'; readonly model: string; readonly assessment: string }
  | {
      readonly about: 'trials';
      readonly model: string;
      readonly assessment: string;
      readonly query: TrialQuery;
    };

/** Directories that a history looks into. */
const maxDirectories = 500;

type Known = { readonly path: string; readonly stamp: string; readonly report: Report };

/** Keeps the report that was read last, since whoever looks at one turns its pages. */
export function questionAnswerer({ home, trusted }: ReaderSetup): (question: AssessmentQuestion) => unknown {
  const assessments = join(home, 'assessments');
  let known: (Known & { readonly body: AssessmentReport }) | undefined;

  const reportOf = (model: string, assessment: string) => {
    const unknown = new TiegelError('TGL_ID_UNKNOWN', { kind: 'assessment', received: assessment });
    if (!/^\w[\w.-]{0,127}$/.test(assessment)) throw unknown;
    const past = pastAssessment(assessments, assessment);
    if (past?.model !== model || past.finished === null) throw unknown;
    const path = join(assessments, assessment, 'evidence.jsonl');
    const { mtimeMs, size, ino } = statSync(path);
    const stamp = `${mtimeMs} ${size} ${ino}`;
    if (known?.path !== path || known.stamp !== stamp) {
      const report = readReport(path);
      known = { path, stamp, report, body: reportBody(report, checkSignature(path, trusted)) };
    }
    return known;
  };

  return (question) => {
    const { model } = question;
    if (question.about === 'history')
      return assessmentHistory(assessments, maxDirectories)
        .filter((past) => past.model === model)
        .map(summaryBody);
    const { report, body } = reportOf(model, question.assessment);
    return question.about === 'report' ? body : trialsPage(report, question.query);
  };
}
