// What the steps of a run's stages show to have gone wrong, for the head of a report.
import { symptomsText } from '../symptoms.ts';
import type { RunData } from './run-data.ts';

/** Sentences, each with its stage. */
export function warningsOf({ stages }: RunData): readonly string[] {
  return stages.flatMap(({ stage, metrics }) =>
    symptomsText(metrics.flatMap(({ policy }) => policy ?? [])).map((text) => `${stage.name}: ${text}`),
  );
}
