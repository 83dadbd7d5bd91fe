// An assessment as a person reads it.
import type { Assessment, Battery, Verdict } from '../assess/index.ts';
import type { Terminal } from './terminal.ts';

export function printAssessment(
  terminal: Terminal,
  model: string,
  battery: Battery,
  { verdict, probes, evidencePath, record }: Assessment,
): void {
  const mark = (value: Verdict) => (value === 'pass' ? terminal.good(value) : terminal.bad(value));
  terminal.print(`${terminal.bold(model)} · battery ${battery.name}, version ${battery.version}`);
  for (const probe of probes) terminal.print(`  ${mark(probe.verdict)}  ${probe.name}: ${probe.reason}`);
  terminal.print(
    `Verdict: ${mark(verdict)}${record ? `, admitted until ${record.expires}` : ', not admitted'}`,
  );
  terminal.print(terminal.dim(`Evidence: ${evidencePath}`));
}
