// What a finished stage leaves beside its files: result.json, by which a resumed run knows that it need not be run again.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Digest, TiegelError, writeFileAtomically } from '../base/index.ts';
import { mean } from '../stats/index.ts';
import type { Ceiling } from './ceiling.ts';
import type { TeacherRecord } from './distil/teacher-terms.ts';
import type { EvaluationSummary, Gain } from './evaluation-summary.ts';
import type { HalfLead } from './halves.ts';
import { readMetrics } from './metrics.ts';
import type { Rejection } from './reject.ts';
import type { Training } from './training.ts';

/** Means over equal stretches of a stage. */
export type CurvePoint = {
  readonly step: number;
  readonly loss: number;
  readonly accuracy?: number;
  readonly entropy?: number;
  readonly completionLength?: number;
};

export type TrainingResult = {
  readonly stage: 'sft' | 'reject' | 'grpo' | 'distil';
  readonly name: string;
  readonly steps: number;
  readonly updates: number;
  readonly tokens: number;
  readonly flops: number;
  /** SHA-256 chained over all batches in order. */
  readonly dataDigest: string;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly curve: readonly CurvePoint[];
  /** Who was learned from. */
  readonly teacher?: TeacherRecord | undefined;
  /** What rejection sampling, or a teacher, drew and kept. */
  readonly kept?: Rejection['kept'] | undefined;
  /** A stage with controls and where it started, each evaluated: the stage itself is the last one. */
  readonly arms?: readonly Arm[] | undefined;
  /** What each half of a task could reach at most. */
  readonly ceilings?: readonly Ceiling[] | undefined;
};

/** One way to have spent the compute. */
export type Arm = {
  readonly name: string;
  /** After the common start. */
  readonly flops: number;
  readonly evaluation: EvaluationSummary;
  /** pass@1 of the stage itself less that of this arm, over the same problems; empty for itself. */
  readonly gains: readonly Gain[];
  /** The same for each half of a task that has two. */
  readonly leads?: readonly HalfLead[] | undefined;
  /** What each round of rejection sampling kept gives up per miss. */
  readonly keptGivesUpPerMiss?: readonly number[] | undefined;
};

export type EvaluationResult = {
  readonly stage: 'evaluate';
  readonly name: string;
  readonly evaluation: EvaluationSummary;
};

export type QuantisationResult = {
  readonly stage: 'quantise';
  readonly name: string;
  /** SHA-256 of the written files. */
  readonly files: Readonly<Record<string, Digest>>;
  /** Each type beside the exact weights, which come last and lead the gains. */
  readonly arms?: readonly Arm[] | undefined;
};

export type StageResult = TrainingResult | EvaluationResult | QuantisationResult;

const curvePoints = 50;

/**
 * The result of a stage that was finished before, if it was.
 *
 * @throws TGL_CHECKPOINT_INVALID for one that is damaged, or of another kind of stage than it can be
 */
export function readResult(directory: string): StageResult | undefined {
  const path = join(directory, 'result.json');
  if (!existsSync(path)) return undefined;
  try {
    const result = outline.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    if (result.success) return result.data as unknown as StageResult;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const problem =
    'it is not the result of a stage; remove it, and the stage is taken up where its checkpoint is';
  throw new TiegelError('TGL_CHECKPOINT_INVALID', { path, problem });
}

/** What a resumed run goes by; what else stands there is only told. */
const outline = z.discriminatedUnion('stage', [
  z.looseObject({
    stage: z.enum(['sft', 'reject', 'grpo', 'distil']),
    name: z.string(),
    steps: z.int().min(0),
    flops: z.number().min(0),
  }),
  z.looseObject({ stage: z.literal('evaluate'), name: z.string(), evaluation: z.looseObject({}) }),
  z.looseObject({
    stage: z.literal('quantise'),
    name: z.string(),
    files: z.record(z.string(), z.string()),
  }),
]);

/** @throws TGL_DISK_FULL */
export function writeResult(directory: string, result: StageResult): void {
  writeFileAtomically(join(directory, 'result.json'), `${JSON.stringify(result, null, 2)}\n`);
}

/** What a training says of itself once it has ended. */
export function trainingResult(
  stage: TrainingResult['stage'],
  name: string,
  directory: string,
  { state }: Training,
): TrainingResult {
  const { step: steps, ...rest } = state;
  return { stage, name, steps, ...rest, curve: curveOf(directory) };
}

/** The result of a training on what rejection sampling, or a teacher, kept; sampling counts as compute. */
export function rejectionResult(
  stage: TrainingResult['stage'],
  name: string,
  directory: string,
  { training, kept }: Rejection,
): TrainingResult {
  const result = trainingResult(stage, name, directory, training);
  return { ...result, flops: result.flops + kept.flops, kept };
}

function curveOf(directory: string): readonly CurvePoint[] {
  const metrics = readMetrics(join(directory, 'metrics.jsonl'));
  const stretch = Math.max(1, Math.ceil(metrics.length / curvePoints));
  return Array.from({ length: Math.ceil(metrics.length / stretch) }, (_, part) => {
    const steps = metrics.slice(part * stretch, (part + 1) * stretch);
    const policies = steps.flatMap(({ policy }) => policy ?? []);
    return {
      step: steps.at(-1)?.step ?? 0,
      loss: roundedMean(steps.map(({ loss }) => loss)),
      ...(policies.length === 0
        ? {}
        : {
            accuracy: roundedMean(policies.map(({ accuracy }) => accuracy)),
            entropy: roundedMean(policies.map(({ entropy }) => entropy)),
            completionLength: roundedMean(policies.map(({ completionLength }) => completionLength)),
          }),
    };
  });
}

function roundedMean(values: readonly number[]): number {
  return Number(mean(values).toFixed(5));
}
