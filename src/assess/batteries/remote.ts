// The battery for models on servers: can it be recognised again, does it repeat itself, does it solve anything at all.
// Its seeds are drawn anew for each assessment. The floors are low on purpose: they tell a reasoner from something that babbles and do not measure quality.
import type { ProbeBattery } from '../terms/battery.ts';

export const remoteBattery: ProbeBattery = {
  name: 'remote',
  version: '3',
  validDays: 7,
  probes: [
    { probe: 'fingerprint', repeats: 3, pairs: 56 },
    { probe: 'identity', seed: 20_263, promptsPerTask: 2, maxTokens: 48, temperatures: [0] },
    {
      probe: 'capability',
      seed: 20_264,
      problemsPerTask: 30,
      confidence: 0.95,
      answers: 'free',
      floors: { multiplication: 0.4, 'chain-arithmetic': 0.4 },
    },
  ],
};
