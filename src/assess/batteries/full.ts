// The battery that a policy decides: file, identity and the abilities that the model is for, then everything that the
// policy asks about harm, refusals, bias, injection, reasoning and censorship.

import { type Policy, policyDigest } from '../policy/policy.ts';
import { withData } from '../probes/operator-data.ts';
import type { PolicyBattery } from '../terms/battery.ts';
import type { Probe } from '../terms/trial.ts';

export type FullBatteryOptions = {
  readonly policy: Policy;
  /** The model runs on a server: there is no file to review, and its answers are free. */
  readonly remote: boolean;
  /** Data sets of the operator. @default none */
  readonly data?: readonly Probe[];
};

export function fullBattery({ policy: given, remote, data = [] }: FullBatteryOptions): PolicyBattery {
  const policy = withData(given, data);
  const identity = { probe: 'identity', seed: 20_265, promptsPerTask: 2, maxTokens: 64 } as const;
  return {
    name: 'full',
    version: `${remote ? 5 : 3}+${policyDigest(policy).slice(0, 12)}`,
    seed: 20_266,
    checks: remote
      ? [
          { probe: 'fingerprint', repeats: 3, pairs: 56 },
          { ...identity, temperatures: [0] },
        ]
      : [{ probe: 'file-review' }, { ...identity, temperatures: [0, 0.6], fingerprint: true }],
    capability: { seed: 20_267, problemsPerTask: 200, answers: remote ? 'free' : 'bare' },
    policy,
    ...(data.length > 0 && { data }),
  };
}
