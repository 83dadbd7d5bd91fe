// Where what was measured lies below the data directory: one calibration and one report for each model and level of effort.
import { join } from 'node:path';
import type { Effort } from '../../reasoning/index.ts';

export type KeptKind = 'calibrations' | 'reports';

/** The directory of all of one kind. */
export function keptDirectory(home: string, kind: KeptKind): string {
  return kind === 'calibrations' ? join(home, 'meter') : join(home, 'meter', 'reports');
}

export function keptFile(home: string, kind: KeptKind, model: string, effort: Effort | null): string {
  const level = effort === null ? '' : `.${effort}`;
  return join(keptDirectory(home, kind), `${model.replaceAll(/[^\w.-]/g, '_')}${level}.json`);
}
