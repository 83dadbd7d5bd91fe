// Arms: the weights that a stage is compared with, each evaluated on the same held-out problems. Evaluations are written
// down as they end, so that a resumed stage does not repeat them.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from '../../base/index.ts';
import { type EvaluationRow, evaluationJobs, evaluationRow } from '../evaluation.ts';
import { gainsOver, summarise } from '../evaluation-summary.ts';
import { halfLeads } from '../halves.ts';
import { decodeJson, invalidRunFile, rewriteLines } from '../json-lines.ts';
import type { Arm } from '../stage-result.ts';
import type { Training } from '../training.ts';
import type { Run, StageInput } from './stage-kind.ts';

/** Weights to be evaluated: float32 [parameters], and the floating-point operations spent since the common start. */
export type Candidate = {
  readonly name: string;
  readonly flops: number;
  readonly values: Float32Array;
} & Pick<Arm, 'keptGivesUpPerMiss'>;

/** Evaluates the start of a stage, its controls and the stage itself, in this order, on the same problems. */
export function compareWithControls(
  run: Run,
  { stage, directory, start }: StageInput<{ readonly name: string }>,
  controls: readonly Candidate[],
  { state, values }: Training,
): Promise<readonly Arm[]> {
  return compareCandidates(run, directory, [
    { name: 'start', flops: 0, values: start },
    ...controls,
    { name: stage.name, flops: state.flops, values },
  ]);
}

/** Evaluates every candidate; gains are those of the last one over each of the others. */
export async function compareCandidates(
  run: Run,
  directory: string,
  candidates: readonly Candidate[],
): Promise<readonly Arm[]> {
  const evaluated: (Omit<Candidate, 'values'> & { readonly rows: readonly EvaluationRow[] })[] = [];
  for (const { values, ...candidate } of candidates) {
    const { name } = candidate;
    const armDirectory = join(directory, `evaluation-${name}`);
    makeDirectory(armDirectory);
    evaluated.push({ ...candidate, rows: await evaluateWeights(run, values, name, armDirectory) });
  }
  const own = evaluated.at(-1)?.rows ?? [];
  return evaluated.map(({ rows, ...candidate }) => ({
    ...candidate,
    evaluation: summarise(rows),
    gains: rows === own ? [] : gainsOver(own, rows),
    leads: rows === own ? [] : halfLeads(own, rows),
  }));
}

/**
 * The rows of an evaluation, which are also written to evaluation.jsonl in the directory; rows that are there already are
 * read instead.
 *
 * @param of the name under which progress is reported
 * @throws TGL_RUN_INVALID where the file is damaged; TGL_WORKER_LOST, TGL_DISK_FULL; the signal's reason
 */
export async function evaluateWeights(
  { recipe, context, evaluated, onEvaluation }: Run,
  values: Float32Array,
  of: string,
  directory: string,
): Promise<readonly EvaluationRow[]> {
  const path = join(directory, 'evaluation.jsonl');
  const known = evaluated.get(values) ?? readRows(path);
  if (context.signal?.aborted) throw context.signal.reason;
  const jobs = evaluationJobs(recipe);
  let done = 0;
  context.pool.values.set(values);
  const rows =
    known ??
    (await context.pool.evaluate(jobs, () => {
      done += 1;
      onEvaluation?.(of, done, jobs.length);
    }));
  evaluated.set(values, rows);
  rewriteLines(path, rows);
  return rows;
}

/** The file is written in one piece, so a line that is cut off or missing is damage. */
function readRows(path: string): readonly EvaluationRow[] | undefined {
  if (!existsSync(path)) return undefined;
  const lines = readFileSync(path, 'utf8').split('\n');
  if (lines.length === 1 || lines.at(-1) !== '')
    throw invalidRunFile(path, `line ${lines.length} is cut off`);
  return lines.slice(0, -1).map((text, index) => decodeJson(path, `line ${index + 1}`, text, evaluationRow));
}
