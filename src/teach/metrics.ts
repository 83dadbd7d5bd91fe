// Metrics of a run as JSON lines. A resumed run first drops the lines after its checkpoint, so that a step is
// reported once.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { writeFileAtomically } from '../base/index.ts';

export type StepMetrics = {
  /** Steps that are done. */
  readonly step: number;
  /** Mean negative log-probability of a completion token, in nats. */
  readonly loss: number;
  readonly learningRate: number;
  readonly gradientNorm: number;
  /** Tokens trained on so far, without padding. */
  readonly tokens: number;
  readonly tokensPerSecond: number;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
};

export function appendMetrics(path: string, metrics: StepMetrics): void {
  appendFileSync(path, `${JSON.stringify(metrics)}\n`);
}

/** All whole lines of a metrics file; a line cut by a crash is left out. */
export function readMetrics(path: string): readonly StepMetrics[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as StepMetrics);
}

/** Drops what a run reported after `step`. */
export function rewindMetrics(path: string, step: number): void {
  const kept = readMetrics(path).filter((metrics) => metrics.step <= step);
  writeFileAtomically(path, kept.map((metrics) => `${JSON.stringify(metrics)}\n`).join(''));
}
