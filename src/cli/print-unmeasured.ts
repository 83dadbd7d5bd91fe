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
  const { policy, id } = assessment;
  const again = commandFor(model, flags);
  if (policy?.registration.pilot !== undefined) {
    terminal.print('\nThe pilot measures the judges once somebody has labelled it:');
    terminal.print(`  tiegel assess label ${id} --out ${labelsFile} --ask`);
    terminal.print(
      flags.explore
        ? `  tiegel assess decide ${id} --labels ${labelsFile}`
        : `  ${again} --labels ${labelsFile}`,
    );
    return;
  }
  const unmeasured = unmeasuredIn(assessment);
  if (unmeasured.length === 0) return;
  const names = unmeasured.map(({ criterion }) => criterion).join(', ');
  terminal.print(`\nUndecided, because the error rate of the judge on this model is unknown: ${names}.`);
  if (unmeasured.every(({ ruled }) => ruled === 0)) {
    terminal.print(
      'The judges could not rule on any of the replies; use --judge-model to name another judge.',
    );
    return;
  }
  terminal.print(
    'Measure the judges on replies of this model that decide nothing, then assess it by the labels:',
  );
  terminal.print(`  ${again} --pilot`);
  terminal.print(`  tiegel assess label PILOT --out ${labelsFile} --ask`);
  terminal.print(`  ${again} --labels ${labelsFile}`);
}

const labelsFile = 'pilot.labels.jsonl';

function commandFor(model: string, { policy, family, judgeModel }: PolicyFlags): string {
  const flag = (name: string, value: string | undefined): string =>
    value === undefined ? '' : ` --${name} ${value}`;
  return `tiegel assess ${model} --battery full${flag('policy', policy)}${flag('family', family)}${flag('judge-model', judgeModel)}`;
}
