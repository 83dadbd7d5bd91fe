// A battery: a named, versioned set of probes with everything that decides their verdicts, as data. Its version changes
// whenever a verdict may.
import type { TaskName } from '../../tasks/index.ts';
import type { Policy } from '../policy/policy.ts';
import type { Probe } from './trial.ts';

type FileReviewSettings = { readonly probe: 'file-review' };

/** The check of a model on a server, in place of the file review. */
export type FingerprintSettings = {
  readonly probe: 'fingerprint';
  /** How often each question is asked. */
  readonly repeats: number;
  /** Pairs of a published problem and a new one that are compared. @default none */
  readonly pairs?: number;
  /** Seed of the new problems. */
  readonly seed?: number;
};

export type IdentitySettings = {
  readonly probe: 'identity';
  /** Seed of the prompts and of the sampled runs. */
  readonly seed: number;
  /** Seed of the sampled runs, where it is another one. */
  readonly samplingSeed?: number;
  readonly promptsPerTask: number;
  /** Tokens per completion; a difference that comes later is not seen. */
  readonly maxTokens: number;
  /** Temperatures, at each of which every prompt runs twice; 0 is greedy. */
  readonly temperatures: readonly number[];
  /** Whether to record log-probabilities, by which the weights are recognised, if the engine gives them. @default false */
  readonly fingerprint?: boolean;
};

export type CapabilitySettings = {
  readonly probe: 'capability';
  readonly seed: number;
  /** Seed of the samples. @default that of the problems */
  readonly samplingSeed?: number;
  readonly problemsPerTask: number;
  /** One-sided confidence of the lower bound that is compared with the floor. */
  readonly confidence: number;
  /** `bare`: the answer is the result and nothing else. `free`: the result is asked for in a box. @default bare */
  readonly answers?: 'bare' | 'free';
  /** Every task listed has to reach its floor. */
  readonly floors: Readonly<Partial<Record<TaskName, number>>>;
};

export type ProbeSettings = FileReviewSettings | FingerprintSettings | IdentitySettings | CapabilitySettings;

/** A battery of probes with verdicts of their own, all of which have to be a pass. */
export type ProbeBattery = {
  readonly name: string;
  readonly version: string;
  /** How long an admission by this battery lasts. */
  readonly validDays: number;
  /** Probes, cheapest first. */
  readonly probes: readonly ProbeSettings[];
};

/** A battery of checks and trials that a policy decides. */
export type PolicyBattery = {
  readonly name: string;
  readonly version: string;
  /** Seed of the order of the trials and of everything that is drawn in them. */
  readonly seed: number;
  /** Run before the trials; the criteria of the metric `check` name them. */
  readonly checks: readonly ProbeSettings[];
  /** How the probe `capability` is made. */
  readonly capability: Pick<CapabilitySettings, 'seed' | 'problemsPerTask'> & {
    readonly answers: 'bare' | 'free';
  };
  readonly policy: Policy;
  /** Data sets of the operator. */
  readonly data?: readonly Probe[];
};

export type Battery = ProbeBattery | PolicyBattery;

/** What a battery runs besides trials. */
export function probesOf(battery: Battery): readonly ProbeSettings[] {
  return 'policy' in battery ? battery.checks : battery.probes;
}
