// What a kind of collection keeps of members that have left, as tests of several kinds ask.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * Bytes of old objects for each member that has passed through, the most of ten times: all memory may be collected at any time,
 * which leaves nothing.
 */
export function keptOfMembers(kind: 'list' | 'set' | 'short-lived-map' | 'map'): number {
  const program = join(import.meta.dirname, 'short-lived-fixture.ts');
  const printed = execFileSync(process.execPath, ['--expose-gc', program, kind], { encoding: 'utf8' });
  const { passing, kept } = JSON.parse(printed) as { readonly passing: number; readonly kept: number[] };
  return Math.max(...kept) / passing;
}
