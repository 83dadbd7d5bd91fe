// A battery: a named, versioned set of probes with everything that decides their verdicts, as data. Its version changes
// whenever a verdict may.
import type { TaskName } from '../../tasks/index.ts';
import type { Policy } from '../policy/policy.ts';
import type { Probe } from './trial.ts';

type FileReviewSettings = { readonly probe: 'file-review' };

/** Of a model on a server; takes the place of the file review. */
type FingerprintSettings = {
  readonly probe: 'fingerprint';
  /** How often each prompt is asked. */
  readonly repeats: number;
};

export type IdentitySettings = {
  readonly probe: 'identity';
  /** Seed of the prompts and of the sampled runs. */
  readonly seed: number;
  readonly promptsPerTask: number;
  /** Tokens per completion; a difference that comes later is not seen. */
  readonly maxTokens: number;
  /** Each prompt runs twice at each of them; 0 is greedy. */
  readonly temperatures: readonly number[];
  /** Records how likely tokens are, by which the weights are known again, where the engine tells. @default false */
  readonly fingerprint?: boolean;
};

export type CapabilitySettings = {
  readonly probe: 'capability';
  readonly seed: number;
  readonly problemsPerTask: number;
  /** One-sided confidence of the lower bound that is held against the floor. */
  readonly confidence: number;
  /** `bare`: the answer is the result and nothing else. `free`: the result is asked for in a box. @default bare */
  readonly answers?: 'bare' | 'free';
  /** Every task listed has to reach its floor. */
  readonly floors: Readonly<Partial<Record<TaskName, number>>>;
};

export type ProbeSettings = FileReviewSettings | FingerprintSettings | IdentitySettings | CapabilitySettings;

/** Probes that bring their own verdicts, all of which have to be a pass. */
export type ProbeBattery = {
  readonly name: string;
  readonly version: string;
  /** How long an admission by this battery lasts. */
  readonly validDays: number;
  /** Cheapest first. */
  readonly probes: readonly ProbeSettings[];
};

/** Checks and trials that a policy decides on. */
export type PolicyBattery = {
  readonly name: string;
  readonly version: string;
  /** Of the order of the trials and of everything that is drawn in them. */
  readonly seed: number;
  /** Run before the trials; the criteria of the metric `check` name them. */
  readonly checks: readonly ProbeSettings[];
  /** How the probe `capability` is made. */
  readonly capability: Pick<CapabilitySettings, 'seed' | 'problemsPerTask'> & {
    readonly answers: 'bare' | 'free';
  };
  readonly policy: Policy;
  /** Sets of the operator's own. */
  readonly data?: readonly Probe[];
};

export type Battery = ProbeBattery | PolicyBattery;

/** What a battery runs besides trials. */
export function probesOf(battery: Battery): readonly ProbeSettings[] {
  return 'policy' in battery ? battery.checks : battery.probes;
}
