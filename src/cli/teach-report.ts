// `tiegel teach report`: writes what runs have shown, for a browser, a model card or a guide.
import { join } from 'node:path';
import { makeDirectory, writeFileAtomically } from '../base/index.ts';
import { type RunReport, reportOnRuns } from '../teach/index.ts';
import type { CommandContext, ExitCode } from './command.ts';

type ReportFlags = {
  readonly out?: string;
  readonly markdown?: true;
  readonly figures?: string;
};

export async function runTeachReport(
  { terminal }: CommandContext,
  runs: readonly string[],
  { out, markdown, figures }: ReportFlags,
): Promise<ExitCode> {
  const report = reportOnRuns(runs);
  const text = markdown ? report.markdown() : report.html();
  if (out === undefined) terminal.write(text);
  else {
    writeFileAtomically(out, text);
    terminal.print(`Report of ${runs.join(', ')}: ${out}`);
    for (const { run, statements } of report.summary)
      for (const line of statements) terminal.print(`  ${run}, ${line}`);
  }
  if (figures !== undefined) writeFigures(report, figures);
  terminal.result({ runs: report.summary, ...(out === undefined ? { text } : { out }) });
  return 0;
}

function writeFigures(report: RunReport, directory: string): void {
  makeDirectory(directory);
  for (const { name, svg } of report.figures()) writeFileAtomically(join(directory, `${name}.svg`), svg);
}
