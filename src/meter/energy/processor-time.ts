// Where nothing can be read, as in virtual machines: processor time × watts of a core. The watts are a range, from the operator
// or from the thermal design power of the processor, of which 40 to 100 % are used under load; nothing is said of the rest of
// the machine, and nothing of a graphics card, whose design power misleads.
import type { Energy, EnergyReader } from './energy.ts';

export type CoreWatts = {
  readonly low: number;
  readonly high: number;
  readonly from: 'operator' | 'design-power';
};

/** @param designPower watts of the whole processor */
export function coreWattsOf(designPower: number, cores: number): CoreWatts {
  if (!(designPower > 0 && cores >= 1)) throw new TypeError(`${designPower} W over ${cores} cores`);
  return { low: (0.4 * designPower) / cores, high: designPower / cores, from: 'design-power' };
}

/** @param processorSeconds of all cores together, since some time before the first reading */
export function processorTimeReader(watts: CoreWatts, processorSeconds: () => number): EnergyReader {
  const source =
    watts.from === 'operator'
      ? `processor time at ${watts.low} to ${watts.high} W a core, as the operator says`
      : `processor time at ${watts.low} to ${watts.high} W a core, from the design power`;
  let begun: number | undefined;
  return {
    source,
    part: 'processor',
    longestGapMs: Number.POSITIVE_INFINITY,
    read: async (): Promise<Energy> => {
      const now = processorSeconds();
      begun ??= now;
      const seconds = now - begun;
      return { method: 'modelled', source, low: seconds * watts.low, high: seconds * watts.high };
    },
  };
}
