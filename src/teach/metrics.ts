// Metrics of a stage as JSON lines. A resumed stage first drops the lines after its checkpoint, so that a step is
// reported once.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { onDisk, writeFileAtomically } from '../base/index.ts';

export type StepMetrics = {
  /** Steps that are done. */
  readonly step: number;
  /** SFT: mean negative log-probability of a completion token, in nats. GRPO: the surrogate with its KL term. */
  readonly loss: number;
  readonly learningRate: number;
  /** Before clipping; the last one where a step makes several updates, 0 where it makes none. */
  readonly gradientNorm: number;
  /** Tokens trained on so far, without padding. */
  readonly tokens: number;
  /** Floating-point operations so far, by the rule of `flops.ts`. */
  readonly flops: number;
  readonly tokensPerSecond: number;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  /** What a step of GRPO sampled. */
  readonly policy?: PolicyMetrics | undefined;
};

/** Over everything that the step sampled; entropy, KL and clipping over what it learned from. */
export type PolicyMetrics = {
  readonly rewardMean: number;
  readonly rewardDeviation: number;
  /** Share of completions that the verifier accepts. */
  readonly accuracy: number;
  /** Tokens of a completion. */
  readonly completionLength: number;
  /** The same of those that ended by themselves. */
  readonly terminatedLength: number;
  /** Share of completions that the limit cut off. */
  readonly cutOff: number;
  /** Share of groups whose rewards are all equal. */
  readonly withoutSignal: number;
  readonly groups: number;
  readonly rounds: number;
  /** Nats a token. */
  readonly entropy: number;
  /** k3 to the reference a token; 0 without a KL term. */
  readonly kl: number;
  /** Share of tokens whose surrogate has no slope. */
  readonly clipFraction: number;
  readonly samplingSeconds: number;
};

/** @throws TGL_DISK_FULL */
export function appendMetrics(path: string, metrics: StepMetrics): void {
  appendLine(path, metrics);
}

/** Appends one JSON line. @throws TGL_DISK_FULL */
export function appendLine(path: string, value: unknown): void {
  onDisk(path, () => appendFileSync(path, `${JSON.stringify(value)}\n`));
}

/** All whole lines of a metrics file; a line cut by a crash is left out. */
export function readMetrics(path: string): readonly StepMetrics[] {
  return readLines(path) as readonly StepMetrics[];
}

/** Drops the lines of what a run reported after `step`. */
export function rewindLines(path: string, step: number): void {
  const kept = readLines(path).filter((line) => line.step <= step);
  writeFileAtomically(path, kept.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

function readLines(path: string): readonly { readonly step: number }[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as { step: number });
}
