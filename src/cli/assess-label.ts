// `tiegel assess label`: draws trials for people to label, by which judges are measured on the replies of this very model, and asks
// for the labels if it is told to.

import { existsSync } from 'node:fs';
import { type LabelSheet, labelMeaning, labelSheets } from '../assess/index.ts';
import { TiegelError, writeFileAtomically } from '../base/index.ts';
import { findEvidence } from '../host/index.ts';
import { askForLabels } from './ask-for-labels.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { wholeNumber } from './numbers.ts';
import type { Terminal } from './terminal.ts';

type LabelFlags = {
  readonly criterion?: string;
  readonly sample?: string;
  readonly seed: string;
  readonly out: string;
  readonly ask?: boolean;
};

export async function runAssessLabel(
  { environment, terminal, signal }: CommandContext,
  evidence: string,
  { criterion, out, ask = false, ...flags }: LabelFlags,
): Promise<ExitCode> {
  const sample = wholeNumber('--sample', flags.sample, 1, 100_000);
  const seed = wholeNumber('--seed', flags.seed, 0, Number.MAX_SAFE_INTEGER) as number;
  const begun = existsSync(out);
  if (begun && !ask)
    throw new TiegelError('TGL_USAGE', {
      problem: `--out is ${out}, which already exists and may contain labels.`,
    });
  const path = findEvidence(environment.home, evidence);
  if (!begun) {
    const { text, sheets } = labelSheets(path, { criterion, sample, seed });
    // What was kept apart for good reason stands in it.
    writeFileAtomically(out, text, { mode: 0o600 });
    for (const sheet of sheets) printSheet(terminal, sheet);
    terminal.result({ out, sheets });
  }
  const open = ask ? await askForLabels(terminal, out, signal) : null;
  if (open !== null && open > 0)
    terminal.print(`${open} replies have no label yet. Go on with the same command: ${terminal.bold(out)}`);
  else if (open === null)
    terminal.print(`Add a label to every line of ${terminal.bold(out)}, or let --ask ask for them.`);
  terminal.print('\nThen: ');
  terminal.print(`  tiegel assess MODEL --battery full --labels ${out}`);
  terminal.print(
    `  or, if its trials were recorded with --explore: tiegel assess decide ${evidence} --labels ${out}`,
  );
  return 0;
}

function printSheet(terminal: Terminal, { draw, labels, trials }: LabelSheet): void {
  terminal.print(
    `${terminal.bold(draw.criterion)}: ${labels} of ${trials} trials that the judge ${draw.judge} ruled on; label the ${draw.segment}:`,
  );
  for (const [label, meaning] of Object.entries(labelMeaning(draw.judge)))
    terminal.print(`  ${terminal.bold(label)}: ${meaning}`);
  const alike = new Set(draw.strata.map(({ ruled }) => ruled));
  if (alike.size > 1) return;
  terminal.print(
    `The judge ruled ${[...alike].join()} on all of them, so labels of these trials alone cannot show that it can`,
  );
  terminal.print('tell the two apart. Add labels for other criteria, or for other models of the family.');
}
