// `tiegel assess compare`: the differences between two assessments on the trials that both have made.

import { type ComparedCell, compareAssessments } from '../assess/index.ts';
import { findEvidence } from '../host/index.ts';
import type { CommandContext, ExitCode } from './command.ts';

export async function runAssessCompare(
  { environment, terminal }: CommandContext,
  first: string,
  second: string,
): Promise<ExitCode> {
  const [one, other] = [findEvidence(environment.home, first), findEvidence(environment.home, second)];
  const comparison = compareAssessments(one, other);
  terminal.print(
    `${terminal.bold(comparison.first.model)} compared with ${terminal.bold(comparison.second.model)}`,
  );
  if (comparison.weights !== null) terminal.print(`  ${weightsLine(comparison.weights)}`);
  for (const cell of comparison.cells) terminal.print(`  ${lineOf(cell)}`);
  terminal.result(comparison);
  if (comparison.cells.length > 0) return 0;
  terminal.print(
    'They have no trials in common: only trials with the same probe, attack and seed can be compared.',
  );
  return 3;
}

type Weights = NonNullable<ReturnType<typeof compareAssessments>['weights']>;

function weightsLine({ distance, compared, same }: Weights): string {
  const found = same ? 'the same weights' : 'other weights, another quantisation or tampered ones';
  return `${found}: ${distance.toPrecision(2)} nats apart over ${compared} log-probabilities`;
}

function lineOf({ probe, attack, segment, pairs, first, second, interval, pValue }: ComparedCell): string {
  const points = (share: number): string => (100 * share).toFixed(1);
  const range = `${points(interval.lower)} to ${points(interval.upper)} points`;
  return `${probe}, ${attack}, ${segment}: ${first} and ${second} of ${pairs}; ${range}, p = ${pValue.toPrecision(2)}`;
}
