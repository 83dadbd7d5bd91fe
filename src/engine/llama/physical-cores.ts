// How many cores compute at the same time: two threads on one core share what multiplies.
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

/** Where Linux tells which processors share a core; elsewhere each counts as one. */
const systemFolder = '/sys/devices/system/cpu';

/** At least 1, and no more than this process may use. */
export function physicalCores(
  folder: string = systemFolder,
  usable: number = availableParallelism(),
): number {
  const cores = new Set(siblingsIn(folder));
  return cores.size === 0 ? usable : Math.min(cores.size, usable);
}

function siblingsIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^cpu\d+$/.test(name))
      .map((name) => readFileSync(join(folder, name, 'topology', 'thread_siblings_list'), 'utf8').trim());
  } catch {
    return [];
  }
}
