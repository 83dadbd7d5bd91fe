// Whether other work disturbed a measurement: processor time that neither side took, in proportion to what the machine had.
import { readFileSync } from 'node:fs';

/** Rounds in which others took more of the machine count for neither side. */
const tolerated = 0.1;

/** Processor time of the whole machine in ticks: all of it, and what somebody used or a hypervisor kept. Null without /proc. */
export type MachineTime = { readonly all: number; readonly busy: number } | null;

export function machineTime(): MachineTime {
  try {
    const line = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? '';
    // proc_stat(5): user, nice, system, idle, iowait, irq, softirq, steal.
    const fields = line.trim().split(/\s+/).slice(1, 9).map(Number);
    const all = fields.reduce((sum, ticks) => sum + ticks, 0);
    return { all, busy: all - (fields[3] ?? 0) - (fields[4] ?? 0) };
  } catch {
    return null;
  }
}

const millisecondsPerTick = 10;

/**
 * @param own milliseconds of processor time that those who were measured took; null where that is not known.
 */
export function wasDisturbed(before: MachineTime, after: MachineTime, own: number | null): boolean {
  if (before === null || after === null || own === null) return false;
  const others = after.busy - before.busy - own / millisecondsPerTick;
  return others > tolerated * (after.all - before.all);
}
