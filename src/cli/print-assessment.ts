// An assessment as a person reads it.

import type { Assessment, Battery, Verdict } from '../assess/index.ts';
import { admittedBy } from '../catalog/index.ts';
import type { Terminal } from './terminal.ts';

export function printAssessment(
  terminal: Terminal,
  model: string,
  battery: Pick<Battery, 'name' | 'version'>,
  { id, verdict, probes, evidencePath, record, policy }: Assessment,
): void {
  const mark = (value: Verdict) => (value === 'pass' ? terminal.good(value) : terminal.bad(value));
  terminal.print(`${terminal.bold(model)} · battery ${battery.name}, version ${battery.version}`);
  for (const probe of probes) terminal.print(`  ${mark(probe.verdict)}  ${probe.name}: ${probe.reason}`);
  terminal.print(
    `Verdict: ${mark(verdict)}${record ? `, admitted until ${record.expires} ${admittedBy(record)}` : ', not admitted'}`,
  );
  if (policy !== null) {
    const { spent, stopped, registration } = policy;
    for (const { judge, criterion, segment, labels } of registration.labels ?? [])
      terminal.print(`The judge ${judge} is measured by ${labels} labels for ${criterion} (${segment})`);
    if (stopped !== null) terminal.print(`Stopped early: ${stopped}`);
    const money = spent.money === null ? '' : `, cost ${spent.money.toFixed(2)}`;
    const tokens = spent.promptTokens + spent.completionTokens;
    terminal.print(`${spent.questions} questions, ${tokens} tokens, ${spent.retries} retries${money}`);
    terminal.print(terminal.dim(`To verify it: tiegel assess verify ${id}`));
  }
  terminal.print(terminal.dim(`Evidence: ${evidencePath}`));
}

/** For programs; what was registered stands in the evidence. */
export function assessmentJson({ policy, ...rest }: Assessment): object {
  if (policy === null) return { ...rest, policy };
  const { outcome, conditions, obstacles, spent, stopped } = policy;
  return { ...rest, policy: { outcome, conditions, obstacles, spent, stopped } };
}
