// The formats of a report, by name.
import { htmlReport } from './html-report.ts';
import { junitReport } from './junit.ts';
import { type ModelFacts, mlBom } from './ml-bom.ts';
import { modelCard } from './model-card.ts';
import type { Report } from './report.ts';
import { sarifReport } from './sarif.ts';

export type ReportFormat = 'html' | 'md' | 'junit' | 'sarif' | 'bom';

const forms: Readonly<Record<ReportFormat, (report: Report, facts: ModelFacts | null) => string>> = {
  html: htmlReport,
  md: modelCard,
  junit: junitReport,
  sarif: (report) => indented(sarifReport(report)),
  bom: (report, facts) => indented(mlBom(report, facts)),
};

export const reportFormats: readonly ReportFormat[] = ['html', 'md', 'junit', 'sarif', 'bom'];

/** @param facts what the catalog knows about the model, for the bill of materials */
export function renderReport(report: Report, format: ReportFormat, facts: ModelFacts | null = null): string {
  return forms[format](report, facts);
}

function indented(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
