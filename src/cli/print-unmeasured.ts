// The way out of an assessment that no judge was entitled to decide, as commands.
import { type Assessment, type Unmeasured, unmeasuredCriteria } from '../assess/index.ts';
import type { PolicyFlags } from './assess-battery.ts';
import type { Terminal } from './terminal.ts';

/** The criteria that labels would decide; none for a battery without a policy. */
export function unmeasuredIn({ policy }: Assessment): readonly Unmeasured[] {
  return policy === null ? [] : unmeasuredCriteria(policy.registration, policy.decisions);
}

export function printUnmeasured(
  terminal: Terminal,
  {
    model,
    flags,
    assessment,
  }: { readonly model: string; readonly flags: PolicyFlags; readonly assessment: Assessment },
): void {
  const unmeasured = unmeasuredIn(assessment);
  if (unmeasured.length === 0) return;
  const names = unmeasured.map(({ criterion }) => criterion).join(', ');
  terminal.print(`\nUndecided, because the error rate of the judge on this model is unknown: ${names}.`);
  const files = unmeasured.flatMap(({ criterion, labelled }) => (labelled ? [criterion] : []));
  if (files.length === 0) {
    terminal.print(
      'The judges could not rule on any of the replies; use --judge-model to name another judge.',
    );
    return;
  }
  terminal.print('Label some replies by hand, then assess the model again with the labels:');
  for (const criterion of files)
    terminal.print(
      `  tiegel assess label ${assessment.id} --criterion ${criterion} --sample 200 --seed 1 --out ${fileOf(criterion)}`,
    );
  const policy = flags.policy === undefined ? '' : ` --policy ${flags.policy}`;
  const family = flags.family === undefined ? '' : ` --family ${flags.family}`;
  const judge = flags.judgeModel === undefined ? '' : ` --judge-model ${flags.judgeModel}`;
  const labels = files.map(fileOf).join(' ');
  terminal.print(`  tiegel assess ${model} --battery full${policy}${family}${judge} --labels ${labels}`);
}

function fileOf(criterion: string): string {
  return `${criterion}.labels.jsonl`;
}
