// Other assessments of the same model in this installation, read again from evidence that verifies, to be set beside a report.
import { join } from 'node:path';
import { TiegelError } from '../../base/index.ts';
import { assessmentHistory } from '../afterwards/assessment-history.ts';
import { evidenceName } from '../evidence/evidence-log.ts';
import { type Report, readReport } from './report.ts';

export type EarlierReports = {
  /** Those behind the report's own time as well, the newest first. */
  readonly reports: readonly Report[];
  /** How many were left out since they do not verify. */
  readonly unverified: number;
};

export const noneEarlier: EarlierReports = { reports: [], unverified: 0 };

/** So many stand beside each other on a page. */
const mostReports = 5;
const mostDirectories = 500;

export function readEarlier(assessments: string, { id, model }: Report): EarlierReports {
  const finished = assessmentHistory(assessments, mostDirectories)
    .filter((past) => past.model === model && past.id !== id && past.finished !== null)
    .slice(0, mostReports);
  const read = finished.map((past) => readIfSound(join(assessments, past.id, evidenceName)));
  const reports = read.filter((report) => report !== undefined);
  return { reports, unverified: read.length - reports.length };
}

function readIfSound(path: string): Report | undefined {
  try {
    return readReport(path);
  } catch (err) {
    if (err instanceof TiegelError && err.code === 'TGL_EVIDENCE_INVALID') return undefined;
    throw err;
  }
}
