// The battery that every model passes before it is served: is the file sound, is the runtime repeatable, can the model
// do what it is for. It says nothing about harm, refusals or bias.
import type { ProbeBattery } from '../terms/battery.ts';

export const quickBattery: ProbeBattery = {
  name: 'quick',
  version: '1',
  validDays: 30,
  probes: [
    { probe: 'file-review' },
    { probe: 'identity', seed: 20_261, promptsPerTask: 2, maxTokens: 64, temperatures: [0, 0.6] },
    {
      probe: 'capability',
      seed: 20_262,
      problemsPerTask: 60,
      confidence: 0.95,
      floors: { countdown: 0.4, multiplication: 0.7, 'chain-arithmetic': 0.7 },
    },
  ],
};
