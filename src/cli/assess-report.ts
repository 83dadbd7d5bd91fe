// `tiegel assess report`: writes what sealed evidence says, for people, build servers, scanners and bills of materials.
import { join } from 'node:path';
import { readEarlier, readReport, renderReport, reportFormats, reportLanguages } from '../assess/index.ts';
import { TiegelError, writeFileAtomically } from '../base/index.ts';
import { openCatalog } from '../catalog/index.ts';
import { findEvidence } from '../host/index.ts';
import type { CommandContext, ExitCode } from './command.ts';

export async function runAssessReport(
  { environment, terminal, clock }: CommandContext,
  evidence: string,
  flags: { readonly format: string; readonly language: string; readonly out?: string },
): Promise<ExitCode> {
  const format = reportFormats.find((name) => name === flags.format);
  if (format === undefined) {
    const problem = `--format is ${flags.format}; expected ${reportFormats.join(', ')}.`;
    throw new TiegelError('TGL_USAGE', { problem });
  }
  const language = reportLanguages.find((name) => name === flags.language);
  if (language === undefined) {
    const problem = `--language is ${flags.language}; expected ${reportLanguages.join(' or ')}.`;
    throw new TiegelError('TGL_USAGE', { problem });
  }
  if (language !== 'en' && format !== 'html')
    throw new TiegelError('TGL_USAGE', { problem: `--format ${format} is English; --language is for html.` });
  const path = findEvidence(environment.home, evidence);
  const report = readReport(path);
  const { subject } = report;
  const { variants } = openCatalog({ home: environment.home, clock }).variants.list();
  const known = variants.find(
    ({ manifest }) => 'weights' in subject && manifest.weights.digest === subject.weights,
  )?.manifest;
  const earlier = format === 'html' ? readEarlier(join(environment.home, 'assessments'), report) : undefined;
  const text = renderReport(report, format, {
    facts: known ?? null,
    language,
    ...(earlier !== undefined && { earlier }),
  });
  const { out } = flags;
  if (out === undefined) terminal.write(text);
  else {
    writeFileAtomically(out, text);
    terminal.print(`Report of ${report.id} (${format}): ${out}`);
  }
  const { id, model, verdict } = report;
  terminal.result({ path, id, model, verdict, format, ...(out === undefined ? { text } : { out }) });
  return 0;
}
