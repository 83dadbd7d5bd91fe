// `tiegel assess label`: draws trials of a criterion for people to label, by which its judge is measured on the replies
// of this very model.

import { existsSync } from 'node:fs';
import { labelMeaning, labelSheet } from '../assess/index.ts';
import { TiegelError, writeFileAtomically } from '../base/index.ts';
import { findEvidence } from '../host/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { wholeNumber } from './numbers.ts';

type LabelFlags = {
  readonly criterion: string;
  readonly sample: string;
  readonly seed: string;
  readonly out: string;
};

export async function runAssessLabel(
  { environment, terminal }: CommandContext,
  evidence: string,
  { criterion, out, ...flags }: LabelFlags,
): Promise<ExitCode> {
  const sample = wholeNumber('--sample', flags.sample, 1, 100_000) as number;
  const seed = wholeNumber('--seed', flags.seed, 0, Number.MAX_SAFE_INTEGER) as number;
  if (existsSync(out))
    throw new TiegelError('TGL_USAGE', {
      problem: `--out is ${out}, which already exists and may contain labels.`,
    });
  const { text, draw, labels, trials } = labelSheet(findEvidence(environment.home, evidence), {
    ...{ criterion, sample, seed },
  });
  // What was kept apart for good reason stands in it.
  writeFileAtomically(out, text, { mode: 0o600 });
  terminal.print(
    `${labels} of ${trials} trials that the judge ${draw.judge} ruled on: ${terminal.bold(out)}`,
  );
  terminal.print(`Add a label to every line, judging its ${draw.segment}:`);
  for (const [label, meaning] of Object.entries(labelMeaning(draw.judge)))
    terminal.print(`  ${terminal.bold(label)}: ${meaning}`);
  const alike = new Set(draw.strata.map(({ ruled }) => ruled));
  if (alike.size < 2) {
    terminal.print(
      `The judge ruled ${[...alike].join()} on all of them, so labels of these trials alone cannot show that it can`,
    );
    terminal.print('tell the two apart. Add labels for other criteria, or for other models of the family.');
  }
  terminal.print(`\nThen: tiegel assess MODEL --battery full --labels ${out}`);
  terminal.result({ out, draw, labels, trials });
  return 0;
}
