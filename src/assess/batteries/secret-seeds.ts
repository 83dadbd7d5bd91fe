// Batteries for models on servers draw their problems, their order and their samples anew for each assessment: a seed that stands in
// the program would tell a server what it is going to be asked.
import { digestOf } from '../../base/index.ts';
import type { Battery, ProbeSettings } from '../terms/battery.ts';

/** The battery with everything that is drawn in it following from that seed. */
export function withSeed<Some extends Battery>(battery: Some, seed: number): Some {
  const drawn = (settings: ProbeSettings): ProbeSettings => {
    switch (settings.probe) {
      case 'file-review':
        return settings;
      case 'fingerprint':
        return { ...settings, seed: derived(seed, 'published') };
      case 'identity':
      case 'capability':
        return {
          ...settings,
          seed: derived(seed, settings.probe),
          samplingSeed: derived(seed, `${settings.probe} sampling`),
        };
    }
  };
  if (!('policy' in battery)) return { ...battery, probes: battery.probes.map(drawn) };
  const capability = { ...battery.capability, seed: derived(seed, 'trials') };
  return { ...battery, seed, capability, checks: battery.checks.map(drawn) };
}

/** From one of them no other can be told. */
function derived(seed: number, name: string): number {
  return Number.parseInt(digestOf(JSON.stringify([seed, name])).slice(0, 12), 16);
}
