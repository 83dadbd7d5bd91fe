// `tiegel meter report --format html`: what was measured as one page.
import { writeFileAtomically } from '../base/index.ts';
import { type MeasuredReport, reportPage } from '../meter/index.ts';
import { hostedPrices } from '../prices/index.ts';
import type { Terminal } from './terminal.ts';

/** @param out the file; null for the output */
export function writePage(terminal: Terminal, report: MeasuredReport, out: string | null): void {
  const prices = hostedPrices
    .filter(({ host, model }) => `${host}/${model}` === report.hosted)
    .toSorted((one, other) => one.from.localeCompare(other.from));
  const page = reportPage({ ...report, prices });
  if (out === null) terminal.write(page);
  else {
    writeFileAtomically(out, page);
    terminal.print(`Report of ${report.model}: ${out}`);
  }
}
