// The formats of a report, by name.
import { type EarlierReports, noneEarlier } from './earlier-reports.ts';
import { htmlReport } from './html-report.ts';
import { junitReport } from './junit.ts';
import { type ReportLanguage, wordingIn } from './language.ts';
import { type ModelFacts, mlBom } from './ml-bom.ts';
import { modelCard } from './model-card.ts';
import type { Report } from './report.ts';
import { sarifReport } from './sarif.ts';

export type ReportFormat = 'html' | 'md' | 'junit' | 'sarif' | 'bom';

export type ReportOptions = {
  /** What the catalog knows about the model, for the bill of materials. */
  readonly facts?: ModelFacts | null;
  /** Of HTML; the other formats are English. @default en */
  readonly language?: ReportLanguage;
  /** Other assessments of the model, which HTML sets beside this one. @default none */
  readonly earlier?: EarlierReports;
};

const forms: Readonly<Record<ReportFormat, (report: Report, options: ReportOptions) => string>> = {
  html: (report, { language = 'en', earlier = noneEarlier }) =>
    htmlReport(report, wordingIn(language), earlier),
  md: (report) => modelCard(report),
  junit: (report) => junitReport(report),
  sarif: (report) => indented(sarifReport(report)),
  bom: (report, { facts = null }) => indented(mlBom(report, facts)),
};

export const reportFormats: readonly ReportFormat[] = ['html', 'md', 'junit', 'sarif', 'bom'];

export function renderReport(report: Report, format: ReportFormat, options: ReportOptions = {}): string {
  return forms[format](report, options);
}

function indented(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
