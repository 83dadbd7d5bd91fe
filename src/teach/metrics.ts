// Metrics of a stage, one JSON line per step. A resumed stage first drops the lines after its checkpoint, so that every
// step is reported once.
import { z } from 'zod';
import type { Half } from './halves.ts';
import { appendLine, readLines } from './json-lines.ts';

export type StepMetrics = {
  /** Number of completed steps. */
  readonly step: number;
  /** SFT: mean negative log-probability of a completion token, in nats. GRPO: the surrogate with its KL term. Distillation: the mean divergence. */
  readonly loss: number;
  readonly learningRate: number;
  /** Euclidean norm before clipping: of the last update if a step makes several, 0 if it makes none. */
  readonly gradientNorm: number;
  /** Tokens trained on so far, without padding. */
  readonly tokens: number;
  /** Floating-point operations so far, by the rule of `flops.ts`. */
  readonly flops: number;
  readonly tokensPerSecond: number;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  /** What a step of GRPO or of on-policy distillation sampled. */
  readonly policy?: PolicyMetrics | undefined;
};

/** Means over everything that a step sampled; entropy, KL and clipping over the tokens it learned from. */
export type PolicyMetrics = {
  readonly rewardMean: number;
  readonly rewardDeviation: number;
  /** Share of completions that the verifier accepts. */
  readonly accuracy: number;
  /** Mean tokens per completion. */
  readonly completionLength: number;
  /** Mean tokens of the completions that ended by themselves. */
  readonly terminatedLength: number;
  /** Share of completions that the token limit cut off. */
  readonly cutOff: number;
  /** Share of groups whose rewards are all equal. */
  readonly withoutSignal: number;
  readonly groups: number;
  readonly rounds: number;
  /** Nats per token. */
  readonly entropy: number;
  /** k3 to the reference, nats per token; 0 without a KL term. */
  readonly kl: number;
  /** Share of tokens whose surrogate has slope 0 because a bound applies. */
  readonly clipFraction: number;
  readonly samplingSeconds: number;
  /** Each half by itself, where some problems cannot be solved. */
  readonly halves?: Readonly<Partial<Record<Half, HalfMetrics>>> | undefined;
};

/** Share of completions that are right, and their mean length in tokens. */
export type HalfMetrics = { readonly accuracy: number; readonly completionLength: number };

const finite = z.number();

const stepMetrics: z.ZodType<StepMetrics> = z.object({
  step: z.int().min(0),
  loss: finite,
  learningRate: finite,
  gradientNorm: finite,
  tokens: finite,
  flops: finite,
  tokensPerSecond: finite,
  wallSeconds: finite,
  cpuSeconds: finite,
  policy: z
    .object({
      rewardMean: finite,
      rewardDeviation: finite,
      accuracy: finite,
      completionLength: finite,
      terminatedLength: finite,
      cutOff: finite,
      withoutSignal: finite,
      groups: finite,
      rounds: finite,
      entropy: finite,
      kl: finite,
      clipFraction: finite,
      samplingSeconds: finite,
      halves: z
        .partialRecord(
          z.enum(['solvable', 'unsolvable']),
          z.object({ accuracy: finite, completionLength: finite }),
        )
        .optional(),
    })
    .optional(),
});

/** Appends the metrics of one step. @throws TGL_DISK_FULL */
export function appendMetrics(path: string, metrics: StepMetrics): void {
  appendLine(path, metrics);
}

/**
 * All complete lines of a metrics file, in the order of the steps; a line that a crash cut off is left out.
 *
 * @throws TGL_RUN_INVALID that names the file and the line
 */
export function readMetrics(path: string): readonly StepMetrics[] {
  return readLines(path, stepMetrics);
}
